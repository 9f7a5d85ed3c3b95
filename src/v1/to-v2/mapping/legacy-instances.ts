import { storedInstant } from '../../../db/stored-instant.js'
import { statusByRules } from '../status-rules.js'
import {
  derived,
  instant,
  optionalInstant,
  optionalText,
  reference,
  status,
  v2Only,
  v2OnlyWhile,
} from './column-rules.js'
import { also, isTakenId, pairOf } from './legacy-conditions.js'
import { isLegacyCounted, isLegacyInstance, type LegacyNames } from './legacy-names.js'
import { ownId, type RowMapping, type RowVersion } from './row-mapping.js'
import { instances } from './templates.js'

const agreed = storedInstant('i.actualDue')
/** v1 may say once more what the template says, which is no override: but v2 may have agreed on that very date. */
const noOverride = 'CASE WHEN own.actualDueDate IS p.dueDate THEN NULL ELSE p.dueDate END'
const override = `nullif(${agreed}, ${noOverride})`

const actualDueDate = {
  ...optionalInstant('i.actualDue'),
  sql: override,
  words: 'i.actualDue, as epoch milliseconds, where it differs from the template’s canonicalDue',
  deviates: [
    {
      rule: `'no override'`,
      when: `i.actualDue IS NOT NULL AND ${agreed} IS ${noOverride}`,
      original: 'i.actualDue',
    },
    ...(optionalInstant('i.actualDue').deviates ?? []),
  ],
}

export const legacyInstances = (names: LegacyNames): RowMapping => {
  const { assignments, templates, instances: source } = names
  const pair = pairOf('s')
  return {
    name: 'legacy_instances',
    source,
    target: 'v2_supplier_task_instances',
    about:
      'A legacy instance keeps its id. It is applied only while the active model has no instance at all: so v1 counts it.',
    from: `${source} i LEFT JOIN ${assignments} s ON s.id = i.supplierProjectId
      LEFT JOIN v2_project_task_templates p ON p.id = i.taskTemplateId LEFT JOIN v2_supplier_task_instances own ON own.id = i.id`,
    id: 'i.id',
    columns: {
      supplierProjectInstanceId: {
        ...also(reference('i.supplierProjectId', assignments), isTakenId('i', 'supplier_task_instances')),
        sql: `coalesce(${pair}, s.id)`,
        words: 'the assignment that i.supplierProjectId has become',
        deviates: [
          {
            rule: `'assignment reused'`,
            when: `${pair} <> i.supplierProjectId`,
            original: 'i.supplierProjectId',
          },
        ],
      },
      projectTaskTemplateId: reference('i.taskTemplateId', templates),
      status: status('i.status'),
      dueDate: derived(
        `CASE WHEN ${statusByRules('i.status')} = 'completed' OR ${override} IS NOT NULL
          THEN coalesce(own.dueDate, p.dueDate) ELSE p.dueDate END`,
        'canonicalDue of its template; with an override, or completed, it keeps the one that it came with',
      ),
      actualDueDate,
      owner: v2Only(),
      notes: optionalText('i.notes'),
      isApplied: derived(
        `(${isLegacyCounted} AND NOT EXISTS (SELECT 1 FROM set_aside_instances aside WHERE aside.id = i.id))`,
        'true while supplier_task_instances is empty, and v2 has not taken it off the list',
      ),
      blockedReason: v2OnlyWhile(`excluded.status = 'blocked'`),
      submissionFiles: v2Only(),
      completedAt: optionalInstant('i.completedAt'),
      createdAt: instant('i.createdAt'),
      updatedAt: instant('i.updatedAt'),
    },
    parents: instances.parents,
    ...(instances.wholeParents === undefined ? {} : { wholeParents: instances.wholeParents }),
    owns: isLegacyInstance(names),
    spares: (row) => `EXISTS (SELECT 1 FROM supplier_task_instances own WHERE own.id = ${row}.id)`,
    walks: source,
    replaced: (row) => `projectTaskTemplateId = ${row}.taskTemplateId
      AND supplierProjectInstanceId = (SELECT ${pair} FROM ${assignments} s WHERE s.id = ${row}.supplierProjectId)`,
    unique: ['supplierProjectInstanceId', 'projectTaskTemplateId'],
    scope: ownId,
    feeds: [
      { table: source, scopes: (row) => `SELECT ${row}.id` },
      {
        table: templates,
        scopes: (row) => `SELECT i.id FROM ${source} i WHERE i.taskTemplateId = ${row}.id`,
      },
      {
        table: assignments,
        scopes: (row) => `SELECT i.id FROM ${source} i WHERE i.supplierProjectId = ${row}.id`,
      },
      {
        table: 'supplier_project_instances',
        scopes: (row) => `SELECT i.id FROM ${assignments} s JOIN ${source} i ON i.supplierProjectId = s.id
          WHERE s.supplierId = ${row}.supplierId AND s.projectId = ${row}.projectId`,
        columns: ['id', 'supplierId', 'projectId'],
      },
      ...['supplier', 'project'].map((parent) => ({
        table: `${parent}s`,
        scopes: (
          row: RowVersion,
        ) => `SELECT i.id FROM ${assignments} s JOIN ${source} i ON i.supplierProjectId = s.id
          WHERE s.${parent}Id = ${row}.id`,
        columns: ['id'],
      })),
      {
        table: 'task_types',
        scopes: (row) => `SELECT i.id FROM ${templates} l JOIN ${source} i ON i.taskTemplateId = l.id
          WHERE l.taskTypeId = ${row}.id`,
        columns: ['id'],
      },
    ],
  }
}
