export const companies = [
  'Precision',
  'Advanced',
  'Quality',
  'Industrial',
  'Northern',
  'Südwest',
  'Pacific',
  'Alpine',
  'Midland',
  'Global',
  'Łódź',
  'United',
  'Delta',
  'Summit',
  '日本',
  "O'Brien",
]

export const trades = [
  'Castings',
  'Components',
  'Plastics',
  'Stampings',
  'Electronics',
  'Seals & Gaskets',
  'Fasteners',
  'Harnesses',
  'Glass',
  'Coatings',
  'Brakes',
  'Bearings',
]

export const legalForms = ['Inc', 'Ltd', 'GmbH', 'Corp', 'S.A.', 'Co., Ltd.']

export const models = [
  'Platform',
  'Sedan',
  'Hatchback',
  'Pickup',
  'Van',
  'Roadster',
  'Coupé',
  'Wagon',
  'Crossover',
  'Compact',
]

export const people = [
  'Ann Miller',
  'José García',
  'Yuki Tanaka',
  'Zoë Fischer',
  'Liam O’Connor',
  'Priya Nair',
  'Olga Petrova',
  'Sam Lee',
]

export const roles = ['Quality', 'Sales', 'Engineering', 'Logistics', 'Program Manager']

export const places = [
  '1 Bridge Dr, Eastaboga, AL 36260',
  'Graz, Austria',
  '名古屋市',
  'Puebla, MX',
  'Brno, CZ',
]

export const remarks = [
  'Waiting for the supplier to confirm.',
  'Sent back with comments.',
  'Second submission is complete.',
  'Tooling is two weeks late.',
  'Agreed by phone with the planner.',
  'Measurements 4 and 7 are out of tolerance.',
  'Accepted under deviation.',
  'Drawing level B is valid from now on.',
]

/** Valid text that careless code breaks: escapes, formulas, other scripts, line ends. */
export const oddNotes = [
  '✅ Approved 🎉 by 👩‍🔧',
  '=HYPERLINK("http://example.com","open")',
  '+1 week',
  '-2 parts missing',
  '@SUM(A1:A9)',
  'She said "ok", then \'no\', then ""maybe""',
  'Line one\nLine two\r\nLine three',
  "'); DROP TABLE suppliers; --",
  'a,b;c\td | e\\f',
  '图纸已批准',
  ' leading and trailing ',
  '{"looks": "like JSON"}',
  '',
]

export const fileKinds = [
  ['Dimensional Report.pdf', 'application/pdf'],
  ['Drawing rev B.dwg', 'image/vnd.dwg'],
  ['Gage R&R "final".xlsx', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
  ['Prüfbericht 測定.pdf', 'application/pdf'],
  ['photo.jpg', 'image/jpeg'],
] as const
