import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import t from 'tap'

/** Which top folders of src a folder may import from, beside its own. `.` is the files at the top. */
const allowed: Record<string, readonly string[]> = {
  kernel: [],
  db: ['kernel'],
  http: ['kernel', 'db'],
  v2: ['kernel', 'db', 'http'],
  migration: ['kernel', 'db', 'http'],
  admin: ['kernel', 'db', 'http', 'migration'],
  v1: ['kernel', 'db', 'http', 'v2', 'migration'],
  '.': ['kernel', 'db', 'http', 'v2', 'migration', 'admin', 'v1'],
}

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '.') : '.')

interface Import {
  file: string
  from: string
  to: string
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join('src', file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s+'(\.[^']+)'/g)].flatMap(([, path = '']) => {
    const target = normalize(join(dirname(file), path))
    return target.startsWith('..') ? [] : [{ file, from: folderOf(file), to: folderOf(target) }]
  })
}

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
const imports = files.flatMap(importsOf)

t.test('an import', async (t) => {
  t.test('goes only where the map of src allows it', async (t) => {
    const wrong = imports.filter(({ from, to }) => from !== to && allowed[from]?.includes(to) !== true)
    t.same(wrong, [])
    t.ok(imports.length > 200, `${imports.length} imports were looked at`)
  })

  t.test('of a migration file brings no code of src along', async (t) => {
    for (const file of readdirSync('migrations'))
      t.notMatch(readFileSync(join('migrations', file), 'utf8'), /from '\.\.\/src/, file)
  })
})
