import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { activeTables, createStatements, legacyTables, sharedTables } from '../../migrations/v1-tables.js'
import { generateV1 } from '../../src/v1/generate/generate-v1.js'
import { temporaryFolder } from '../helper.js'
import { generated, tableNames } from './generated.js'

const older = ['suppliers', 'projects', 'task_types', 'supplier_projects', 'task_templates', 'task_instances']

const columnsOf = (db: ReturnType<typeof generated>['db'], table: string) =>
  db.prepare<[string], string>('select name from pragma_table_info(?)').pluck().all(table)

t.test('a generated file', async (t) => {
  t.test('has the tables and indexes that Prisma made', async (t) => {
    const { db } = generated(t, { instances: 1 })
    const made = db.prepare<[], string>('select sql from sqlite_master where sql is not null').pluck().all()
    const wanted = [...sharedTables, ...activeTables, ...legacyTables('_old')].flatMap(createStatements)
    t.same(made.sort(), wanted.sort())
  })

  t.test('of the older generation has only what that had', async (t) => {
    const { db } = generated(t, { instances: 1, generation: 'legacy' })
    t.same(tableNames(db), older)
    t.same(columnsOf(db, 'suppliers'), ['id', 'name', 'contactInfo', 'createdAt', 'updatedAt'])
    const indexes = db.prepare(`select name from sqlite_master where type = 'index' and sql is not null`)
    t.same(indexes.pluck().all(), [
      'suppliers_name_key',
      'projects_name_key',
      'task_types_name_key',
      'supplier_projects_supplierId_projectId_key',
      'task_templates_taskTypeId_projectId_key',
      'task_instances_supplierProjectId_taskTemplateId_key',
    ])
  })

  t.test("has the newer column and Prisma's table where wanted", async (t) => {
    const { db, counts } = generated(t, { responsibleParties: true, prismaMigrations: true })
    t.equal(counts._prisma_migrations, 3)
    t.equal(columnsOf(db, 'project_milestone_tasks').at(-1), 'responsibleParties')
    const parties = db.prepare('select distinct json_valid(responsibleParties) from project_milestone_tasks')
    t.same(new Set(parties.pluck().all()), new Set([0, 1, null]))
    t.notOk(
      columnsOf(generated(t, { instances: 0 }).db, 'project_milestone_tasks').includes('responsibleParties'),
    )
  })

  t.test('is in the journal mode asked for, and alone in its folder', async (t) => {
    for (const journalMode of ['delete', 'wal'] as const) {
      const { db, path } = generated(t, { instances: 50, journalMode })
      t.notOk(existsSync(`${path}.partial`))
      t.equal(db.pragma('journal_mode', { simple: true }), journalMode)
    }
  })

  t.test('never takes the place of another, nor of what another left behind', async (t) => {
    const path = join(temporaryFolder(t), 'taken.db')
    const options = { path, instances: 1, seed: 1 }
    writeFileSync(`${path}-wal`, 'left behind')
    t.throws(() => generateV1(options), { code: 'file-exists', detail: `${path}-wal exists` })
    t.notOk(existsSync(path))
    generateV1({ ...options, path: `${path}2` })
    t.throws(() => generateV1({ ...options, path: `${path}2` }), { code: 'file-exists' })
  })

  t.test('leaves nothing behind where making it fails', async (t) => {
    const path = join(temporaryFolder(t), 'new', 'failed.db')
    const onProgress = () => {
      throw new Error('stopped')
    }
    t.throws(() => generateV1({ path, instances: 1, seed: 1, onProgress }), { message: 'stopped' })
    t.notOk(existsSync(path))
    t.notOk(existsSync(`${path}.partial`))
  })
})
