import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { v2Routes } from '../../src/v2/index.js'
import { filesBeside } from '../../src/v2/submission-files/file-store.js'
import type { V2Tables } from '../../src/v2/tables.js'
import { serve } from '../helper.js'
import { NOW, build, type Json } from './build.js'

const pdf = Buffer.from('%PDF-1.7\n\0\xff binary', 'latin1')
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

/** An instance, and what a client does with its files; files have 1,000 bytes at most. */
async function buildFiles(t: Test) {
  const built = await build(t)
  const { db, clock } = built
  const instance = await built.given.instance(await built.given.template())
  const dir = filesBeside(db.path)
  const app = await serve<V2Tables>(
    t,
    '/v2',
    (scope, context) => v2Routes(scope, context, { dir, maxBytes: 1000 }),
    { db, now: () => clock.now },
  )
  const folder = `/v2/supplier-task-instances/${instance.id}/files`
  const call = async (
    method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE',
    name: string,
    { payload, ...headers }: { payload?: Buffer } & Record<string, string | Buffer> = {},
  ) => {
    const url = name === '' ? folder : `${folder}/${encodeURIComponent(name)}`
    const answer = await app.inject({
      method,
      url,
      headers: headers as Record<string, string>,
      ...(payload === undefined ? {} : { payload }),
    })
    const isJson = String(answer.headers['content-type']).includes('json')
    return {
      status: answer.statusCode,
      headers: answer.headers,
      bytes: answer.rawPayload,
      body: isJson ? answer.json<Json>() : ({} as Json),
    }
  }
  const put = (name: string, payload: Buffer, headers = {}) => call('PUT', name, { payload, ...headers })
  const stored = async () =>
    (
      await sql<{ text: string }>`select submissionFiles as text from v2_supplier_task_instances`.execute(
        db.reader,
      )
    ).rows[0]?.text ?? null
  const store = (text: string | null) =>
    sql`update v2_supplier_task_instances set submissionFiles = ${text}`.execute(db.writer)
  /** Every file on disk, from the folder of the files. */
  const onDisk = () =>
    existsSync(dir)
      ? readdirSync(dir, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
      : []
  return { ...built, app, instance, dir, folder, call, put, stored, store, onDisk }
}

type Files = Awaited<ReturnType<typeof buildFiles>>

t.test('a file that is uploaded', async (t) => {
  t.test('comes back byte for byte, as an attachment', async (t) => {
    const { put, call } = await buildFiles(t)
    const created = await put('Prüfbericht 1.pdf', pdf, { 'content-type': 'application/pdf' })
    t.match(created, {
      status: 201,
      headers: { etag: `"${sha256(pdf)}"`, location: /\/files\/Pr%C3%BCfbericht%201\.pdf$/ },
      body: { fileName: 'Prüfbericht 1.pdf', isStored: true, size: pdf.length, sha256: sha256(pdf) },
    })
    const { status, headers, bytes } = await call('GET', 'Prüfbericht 1.pdf')
    t.equal(status, 200)
    t.ok(bytes.equals(pdf))
    t.match(headers, {
      'content-type': 'application/pdf',
      'content-length': String(pdf.length),
      'content-disposition': `attachment; filename="Pr_fbericht 1.pdf"; filename*=UTF-8''Pr%C3%BCfbericht%201.pdf`,
      'x-content-type-options': 'nosniff',
      etag: `"${sha256(pdf)}"`,
      'accept-ranges': 'bytes',
    })
  })

  t.test('is in v1’s shape in the instance’s list, and on disk under a name of ours', async (t) => {
    const { put, stored, onDisk, instance, api } = await buildFiles(t)
    await put('../a.PDF'.slice(3), pdf, { 'content-type': 'application/pdf' })
    const [record] = JSON.parse((await stored()) ?? '') as Json[]
    t.match(record, {
      id: /^c[a-z0-9]{24}$/,
      fileName: /^c[a-z0-9]{24}\.pdf$/,
      originalName: 'a.PDF',
      size: pdf.length,
      mimeType: 'application/pdf',
      path: `files/${instance.id}/${String(record?.fileName)}`,
      uploadedAt: new Date(NOW).toISOString(),
      sha256: sha256(pdf),
    })
    t.strictSame(onDisk(), [`${instance.id}/${String(record?.fileName)}`])
    const { body } = await api.get(`supplier-task-instances/${instance.id}`)
    t.strictSame(body.submissionFiles, [record])
    t.equal(body.updatedAt, new Date(NOW).toISOString())
  })

  t.test('replaces the one of its name, whose bytes go', async (t) => {
    const { put, call, onDisk, stored } = await buildFiles(t)
    await put('a.txt', Buffer.from('one'))
    await put('b.txt', Buffer.from('other'))
    t.match(await put('a.txt', Buffer.from('two')), { status: 200, body: { size: 3 } })
    t.equal((await call('GET', 'a.txt')).bytes.toString(), 'two')
    t.equal(onDisk().length, 2)
    const names = (JSON.parse((await stored()) ?? '') as Json[]).map(({ originalName }) => originalName)
    t.strictSame(names, ['a.txt', 'b.txt'], 'in its place')
  })

  t.test('has one name however its accents are composed', async (t) => {
    const { put, call } = await buildFiles(t)
    await put('Ba\u0308r.txt', pdf)
    t.match(await call('GET', 'B\u00e4r.txt'), { status: 200 })
    t.match(await put('B\u00e4r.txt', pdf), { status: 200 }, 'replaced')
  })

  t.test('may be empty, and may have a long name', async (t) => {
    const { put, call } = await buildFiles(t)
    const long = `${'ö'.repeat(125)}.txt`
    t.match(await put(long, Buffer.alloc(0)), { status: 201, body: { size: 0 } })
    const { status, bytes } = await call('GET', long)
    t.same([status, bytes.length], [200, 0])
  })

  t.test('is neither run nor shown by a browser, whatever it says that it is', async (t) => {
    const { put, call } = await buildFiles(t)
    await put('x.html', Buffer.from('<script>'), { 'content-type': 'text/html' })
    t.match((await call('GET', 'x.html')).headers, {
      'content-disposition': 'attachment; filename="x.html"',
      'content-security-policy': /sandbox/,
    })
    t.equal((await put('y', pdf, { 'content-type': 'nonsense' })).status, 415)
    t.equal((await put('y', pdf, { 'content-type': 'application/x-www-form-urlencoded' })).status, 201)
    t.equal((await call('GET', 'y')).headers['content-type'], 'application/octet-stream')
  })
})

t.test('an upload is refused', async (t) => {
  const nothingKept = async (t: Test, { onDisk, stored }: Files, before: string | null = null) => {
    t.strictSame(onDisk(), [])
    t.equal(await stored(), before)
  }

  t.test('when it is too large, whether it says so or not', async (t) => {
    const files = await buildFiles(t)
    const large = Buffer.alloc(1001)
    t.match(await files.put('a', large), { status: 413, body: { code: 'file-too-large' } })
    t.match(await files.put('a', Buffer.alloc(1000)), { status: 201 })
    await files.call('DELETE', 'a')
    await files.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = files.app.server.address() as { port: number }
    const chunked = await fetch(`http://127.0.0.1:${port}${files.folder}/b`, {
      method: 'PUT',
      body: new ReadableStream({
        start(controller) {
          for (let n = 0; n < 11; n++) controller.enqueue(new Uint8Array(100))
          controller.close()
        },
      }),
      duplex: 'half',
    })
    t.match(await chunked.json(), { status: 413, code: 'file-too-large' })
    await nothingKept(t, files, '[]')
  })

  t.test('under a name that is none', async (t) => {
    const files = await buildFiles(t)
    for (const [what, name] of [
      ['a path', 'a/b.txt'],
      ['a path back', '../../etc/passwd'],
      ['a path of Windows', 'C:\\a.txt'],
      ['a control character', 'a\nb'],
      ['a NUL character', 'a\0.txt'],
      ['what turns the writing round', 'gpj.\u202eexe'],
      ['blanks around it', ' a '],
      ['more than 255 bytes', `${'ö'.repeat(126)}.txt`],
    ] as const)
      t.match(await files.put(name, pdf), { status: 400, body: { errors: [{ path: ':fileName' }] } }, what)
    // A URL with two dots in it is another URL.
    t.match(await files.put('..', pdf), { status: 404 })
    await nothingKept(t, files)
  })

  t.test('for an instance that does not exist', async (t) => {
    const files = await buildFiles(t)
    const url = '/v2/supplier-task-instances/none/files/a'
    t.match((await files.app.inject({ method: 'PUT', url, payload: pdf })).json(), { status: 404 })
    await nothingKept(t, files)
  })

  t.test('where the list is broken, which stays as it is', async (t) => {
    const files = await buildFiles(t)
    for (const broken of ['{oops', '[1,2', '{"a":1}', '', 'null', '[1]\0[2]', '[1,]', "['a']"]) {
      await files.store(broken)
      t.match(await files.put('a', pdf), { status: 409, body: { code: 'files-unreadable' } }, broken)
      t.match(await files.call('DELETE', 'a'), { status: 409, body: { code: 'files-unreadable' } })
      t.match((await files.call('GET', '')).body, { items: [], raw: broken })
      await nothingKept(t, files, broken)
    }
  })

  t.test('when the instance has a thousand files', async (t) => {
    const files = await buildFiles(t)
    const full = JSON.stringify(Array.from({ length: 1000 }, (_, n) => ({ n })))
    await files.store(full)
    t.match(await files.put('a', pdf), { status: 409, body: { code: 'too-many-files' } })
    await nothingKept(t, files, full)
  })

  t.test('by If-Match and If-None-Match', async (t) => {
    const files = await buildFiles(t)
    t.match(await files.put('a', pdf, { 'if-match': '*' }), { status: 412, body: { code: 'stale-etag' } })
    t.match(await files.put('a', pdf, { 'if-none-match': '*' }), { status: 201 })
    t.match(await files.put('a', Buffer.from('x'), { 'if-none-match': '*' }), { status: 412 })
    t.match(await files.put('a', Buffer.from('x'), { 'if-match': '"other"' }), { status: 412 })
    t.equal(files.onDisk().length, 1)
    t.match(await files.put('a', Buffer.from('x'), { 'if-match': `"${sha256(pdf)}"` }), { status: 200 })
  })

  t.test('when the client goes away, without a trace', async (t) => {
    const files = await buildFiles(t)
    await files.app.listen({ host: '127.0.0.1', port: 0 })
    const { port } = files.app.server.address() as { port: number }
    const socket = connect(port, '127.0.0.1')
    socket.write(`PUT ${files.folder}/a HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\nhalf`)
    while (files.onDisk().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    socket.destroy()
    while (files.onDisk().length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await nothingKept(t, files)
  })
})

t.test('a part of a file', async (t) => {
  const { put, call } = await buildFiles(t)
  await put('a', Buffer.from('0123456789'))
  const tag = `"${sha256(Buffer.from('0123456789'))}"`
  for (const [range, status, text, contentRange] of [
    ['bytes=0-3', 206, '0123', 'bytes 0-3/10'],
    ['bytes=4-', 206, '456789', 'bytes 4-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=9-99', 206, '9', 'bytes 9-9/10'],
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=3-1', 200, '0123456789', undefined],
    ['bytes=0-1,4-5', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['lines=0-1', 200, '0123456789', undefined],
  ] as const)
    t.test(`is served for ${range} with ${status}`, async (t) => {
      const answer = await call('GET', 'a', { range })
      t.same([answer.status, answer.bytes.toString()], [status, text])
      t.equal(answer.headers['content-range'], contentRange)
      t.equal(answer.headers['content-length'], String(text.length))
    })

  for (const range of ['bytes=10-', 'bytes=99-100', 'bytes=-0'])
    t.test(`is refused for ${range}`, async (t) =>
      t.match(await call('GET', 'a', { range }), {
        status: 416,
        headers: { 'content-range': 'bytes */10' },
        body: { code: 'range-not-satisfiable' },
      }),
    )

  t.test('is served to whoever has the rest of the same bytes only', async (t) => {
    t.equal((await call('GET', 'a', { range: 'bytes=0-1', 'if-range': tag })).status, 206)
    t.equal((await call('GET', 'a', { range: 'bytes=0-1', 'if-range': '"other"' })).status, 200)
  })

  t.test('is not served to whoever has them all', async (t) => {
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`, '*'])
      t.match(await call('GET', 'a', { 'if-none-match': known }), { status: 304, bytes: { length: 0 } })
    t.equal((await call('GET', 'a', { 'if-none-match': '"other"' })).status, 200)
  })

  t.test('is none, for HEAD', async (t) => {
    const { status, headers, bytes } = await call('HEAD', 'a')
    t.same([status, headers['content-length'], bytes.length], [200, '10', 0])
  })
})

t.test('deleting a file', async (t) => {
  t.test('takes it off the list and off the disk', async (t) => {
    const { put, call, stored, onDisk } = await buildFiles(t)
    await put('a', pdf)
    t.match(await call('DELETE', 'a', { 'if-match': '"other"' }), { status: 412 })
    t.equal((await call('DELETE', 'a', { 'if-match': `"${sha256(pdf)}"` })).status, 204)
    t.strictSame([await stored(), onDisk()], ['[]', []])
    t.match(await call('GET', 'a'), { status: 404, body: { code: 'not-found' } })
    t.match(await call('DELETE', 'a'), { status: 404, body: { code: 'not-found' } })
  })

  t.test('works although its bytes have gone, and then the next upload does', async (t) => {
    const { put, call, dir, onDisk } = await buildFiles(t)
    await put('a', pdf)
    writeFileSync(join(dir, String(onDisk()[0])), 'shorter')
    t.match(await call('GET', 'a'), { status: 500, body: { code: 'file-damaged' } })
    const { rmSync } = await import('node:fs')
    rmSync(dir, { recursive: true })
    t.match(await call('GET', 'a'), { status: 404, body: { code: 'file-missing' } })
    t.equal((await call('DELETE', 'a')).status, 204)
    t.equal((await put('a', pdf)).status, 201)
  })
})

t.test('what v1 refers to', async (t) => {
  const odd = `[{"id":12345678901234567890,"originalName":"old.pdf","path":"uploads/x/old.pdf","a":1,"a":2,
    "note":"\\ud800"}, "https://example.com/b.pdf", 1.0, null, {"name":"c.pdf"}]`

  t.test('is listed as it is, beside the files that are kept here', async (t) => {
    const { put, call, store } = await buildFiles(t)
    await store(odd)
    await put('a', pdf)
    const { body } = await call('GET', '')
    const items = body.items as Json[]
    t.match(items, [
      { isStored: false, fileName: null, size: null, record: { originalName: 'old.pdf' } },
      { isStored: false, record: 'https://example.com/b.pdf' },
      { isStored: false, record: 1 },
      { isStored: false, record: null },
      { isStored: false, record: { name: 'c.pdf' } },
      { isStored: true, fileName: 'a', size: pdf.length, uploadedAt: new Date(NOW).toISOString() },
    ])
  })

  t.test('is never dropped, and keeps numbers and escapes that JavaScript does not', async (t) => {
    const { put, call, store, stored } = await buildFiles(t)
    await store(odd)
    await put('a', pdf)
    await put('a', Buffer.from('x'))
    await call('DELETE', 'a')
    t.equal(await stored(), odd.replaceAll(/\n? +(?=["\d{n])/g, '').replaceAll(', ', ','))
    t.match(await stored(), /12345678901234567890.*"a":1,"a":2.*\\ud800.*1\.0/)
  })

  t.test('is neither downloaded nor deleted, and leads nowhere', async (t) => {
    const { call, store, stored, dir } = await buildFiles(t)
    mkdirSync(dir)
    writeFileSync(join(dir, '..', 'secret'), 'x')
    const entries = JSON.stringify([
      { originalName: 'old.pdf', path: 'uploads/x/old.pdf' },
      {
        originalName: 'secret',
        fileName: '../../secret',
        path: 'files/../../secret',
        size: 1,
        sha256: 'a'.repeat(64),
      },
    ])
    await store(entries)
    for (const name of ['old.pdf', 'secret']) {
      t.match(await call('GET', name), {
        status: 404,
        body: { code: 'file-elsewhere', record: { originalName: name } },
      })
      t.match(await call('DELETE', name), { status: 409, body: { code: 'file-elsewhere' } })
    }
    t.equal(await stored(), entries)
  })

  t.test('may be another instance’s file: its bytes are not reached from here', async (t) => {
    const files = await buildFiles(t)
    await files.put('a', pdf)
    const { submissionFiles } = (await files.api.get(`supplier-task-instances/${files.instance.id}`)).body
    const other = await files.given.instance(await files.given.template())
    await files.api.patch(`supplier-task-instances/${other.id}`, { submissionFiles })
    const url = `/v2/supplier-task-instances/${other.id}/files/a`
    t.equal((await files.app.inject({ method: 'DELETE', url })).statusCode, 409)
    t.equal(files.onDisk().length, 1)
  })
})

t.test('uploads at once lose nothing', async (t) => {
  const { put, call, onDisk } = await buildFiles(t)
  const names = Array.from({ length: 20 }, (_, n) => `file ${n % 10}`)
  const answers = await Promise.all(names.map((name, n) => put(name, Buffer.from(`${name} ${n}`))))
  t.ok(answers.every(({ status }) => status < 300))
  const items = (await call('GET', '')).body.items as Json[]
  t.strictSame(new Set(items.map(({ fileName }) => fileName)), new Set(names))
  t.equal(items.length, 10)
  t.equal(onDisk().length, 10)
  for (const name of names) t.match((await call('GET', name)).bytes.toString(), new RegExp(`^${name} \\d+$`))
})

const form = (parts: [name: string | undefined, text: string][], boundary = 'x') =>
  Buffer.from(
    parts
      .map(([name, text]) => {
        const fileName = name === undefined ? '' : `; filename="${name}"`
        return `--${boundary}\r\ncontent-disposition: form-data; name="f"${fileName}\r\ncontent-type: text/plain\r\n\r\n${text}\r\n`
      })
      .join('') + `--${boundary}--\r\n`,
  )
const multipart = { 'content-type': 'multipart/form-data; boundary=x' }

t.test('a form with files', async (t) => {
  t.test('adds them all, under names made safe', async (t) => {
    const { call, onDisk } = await buildFiles(t)
    const payload = form([
      ['a.txt', 'one'],
      ['C:\\\\fakepath\\\\../b\t.txt', 'two'],
      [undefined, 'a field'],
    ])
    const { status, body } = await call('POST', '', { payload, ...multipart })
    t.equal(status, 201)
    t.match(body.items, [{ fileName: 'a.txt', size: 3, mimeType: 'text/plain' }, { fileName: 'b.txt' }])
    t.equal((await call('GET', 'b.txt')).bytes.toString(), 'two')
    t.equal(onDisk().length, 2)
  })

  for (const [what, parts, expected] of [
    ['no file', [[undefined, 'x']], { status: 422, body: { errors: [{ path: '/' }] } }],
    [
      'a file without a name',
      [
        ['a', '1'],
        ['..', '2'],
      ],
      { status: 422, body: { errors: [{ path: '/f' }] } },
    ],
    [
      'one name twice',
      [
        ['a', '1'],
        ['a', '2'],
      ],
      { status: 422, body: { errors: [{ path: '/f' }] } },
    ],
    [
      'a file that is too large',
      [
        ['a', '1'],
        ['b', 'x'.repeat(1001)],
      ],
      { status: 413, body: { code: 'file-too-large' } },
    ],
    ['too many files', Array.from({ length: 21 }, (_, n) => [`f${n}`, '']), { status: 413 }],
  ] as [string, [string | undefined, string][], object][])
    t.test(`adds nothing when it has ${what}`, async (t) => {
      const { call, onDisk, stored } = await buildFiles(t)
      t.match(await call('POST', '', { payload: form(parts), ...multipart }), expected)
      t.strictSame([onDisk(), await stored()], [[], null])
    })

  t.test('is for POST, and a body without a form is not', async (t) => {
    const { call, put, onDisk } = await buildFiles(t)
    t.match(await put('a', form([['a', 'x']]), multipart), {
      status: 415,
      body: { code: 'form-not-expected' },
    })
    t.equal((await call('POST', '', { payload: pdf, 'content-type': 'application/pdf' })).status, 415)
    for (const payload of ['--x\r\nbroken', '', form([['a', 'x']]).subarray(0, 80)].map((text) =>
      Buffer.from(text),
    ))
      t.match(await call('POST', '', { payload, ...multipart }), { status: /^4\d\d$/ })
    t.strictSame(onDisk(), [])
  })
})

t.test('the bytes on disk are those of the last upload', async (t) => {
  const { put, onDisk, dir } = await buildFiles(t)
  await put('a', pdf)
  t.ok(readFileSync(join(dir, String(onDisk()[0]))).equals(pdf))
})
