import { readFileSync, writeFileSync } from 'node:fs'
import t from 'tap'
import { mappingOf } from '../../src/v1/to-v2/mapping/index.js'
import { mappingTable } from '../../src/v1/to-v2/mapping-table.js'

t.test('docs/mapping.md', async (t) => {
  t.test('says what the mapping says; UPDATE_DOCS=1 writes it anew', async (t) => {
    const expected = mappingTable(mappingOf({ hasResponsibleParties: true, legacySuffix: '_old' }))
    if (process.env.UPDATE_DOCS === '1') writeFileSync('docs/mapping.md', expected)
    t.equal(readFileSync('docs/mapping.md', 'utf8'), expected)
  })
})
