interface TaskTypePlan {
  name: string
  category: keyof typeof taskNames
  /** Code, own name, and whether it stays without tasks. */
  milestones: readonly (readonly [string, string, 'empty'?])[]
}

/**
 * Task types and milestones, chosen for what section naming makes of them: codes that differ only in
 * spelling (PA2, PA-2), one own name twice in a type, an own name that is another's rule-made name,
 * codes with a rule under a category of another, milestones without tasks.
 */
export const taskTypes: readonly TaskTypePlan[] = [
  {
    name: 'Part Approval',
    category: 'Part Approval',
    milestones: [
      ['PA1', 'Design Release'],
      ['PA2', 'First Samples'],
      ['PA-2', 'First Samples, Second Loop'],
      ['PA3', 'Trial Run'],
      ['FA', 'First Article'],
    ],
  },
  {
    name: 'Supplier Quality Approval',
    category: 'Part Approval',
    milestones: [
      ['PA1', 'Kick-off'],
      ['pa 2', 'Initial Samples'],
      ['PA-3', 'Process Trial'],
      ['PA_4', 'Final Approval', 'empty'],
    ],
  },
  {
    name: 'New Model Builds',
    category: 'New Model Builds',
    milestones: [
      ['NMR1', 'Build Papers'],
      ['NMR2', 'Build Checks'],
      ['NMR3', 'Build Review'],
      ['NMR4', 'Build Review'],
    ],
  },
  {
    name: 'Prototype Builds',
    category: 'New Model Builds',
    milestones: [
      ['nmr-1', 'Prototype Papers'],
      ['NMR 2', 'Prototype Checks'],
      ['NMR_2', 'Prototype Checks, Second Loop'],
      ['PROTO', 'Hand-over', 'empty'],
    ],
  },
  {
    name: 'Production Readiness',
    category: 'Production Readiness',
    milestones: [
      ['PR1', 'Capability'],
      ['PR2', 'Capacity'],
      ['PA2', 'Run at Rate'],
    ],
  },
  {
    name: 'Launch Readiness',
    category: 'Production Readiness',
    milestones: [
      ['PR1', 'Launch Plan'],
      ['NMR1', 'Launch Papers'],
      ['SOP', 'Start of Production 🚗'],
    ],
  },
  {
    name: 'General',
    category: 'General',
    milestones: [
      ['GEN', 'General'],
      ['GEN-2', 'Contracts'],
      ['ADM', 'Administration'],
    ],
  },
  {
    name: 'Documentation Review',
    category: 'General',
    milestones: [
      ['GEN', 'Compliance'],
      ['NMR1', 'Papers'],
      ['DOC', 'Documentation'],
    ],
  },
]

/** What a milestone of the category can ask for; one name comes up in several milestones. */
export const taskNames = {
  'Part Approval': [
    'Gage R&R Submission',
    'Drawing Approval',
    'Dimensional Report',
    'Material Certificate',
    'Control Plan',
    'PFMEA Review',
    'Process Flow Diagram',
    'Initial Process Study',
    'Appearance Approval',
    'Sample Parts Shipment',
    'Packaging Approval',
    'Part Submission Warrant',
  ],
  'New Model Builds': [
    'Build Schedule Confirmation',
    'Dimensional Report',
    'Tooling Status',
    'Parts Delivery for Build',
    'Build Issue List',
    'Engineering Change Status',
    'Trial Feedback',
    'Rework Plan',
    'Label and Traceability Check',
    'Lessons Learned',
  ],
  'Production Readiness': [
    'Run at Rate',
    'Capacity Confirmation',
    'Control Plan',
    'Operator Training Record',
    'Spare Parts List',
    'Maintenance Plan',
    'Safe Launch Plan',
    'Contingency Plan',
    'Line Layout',
    'Logistics Agreement',
  ],
  General: [
    'Contact List',
    'Confidentiality Agreement',
    'Purchase Terms',
    'IMDS Entry',
    'Conflict Minerals Declaration',
    'Quality Certificate',
    'Insurance Certificate',
    'Environmental Certificate',
    'Open Issues Review',
    'Monthly Report',
  ],
} as const
