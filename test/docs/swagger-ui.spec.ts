import { existsSync } from 'node:fs'
import puppeteer, { type Page } from 'puppeteer-core'
import t, { type Test } from 'tap'
import { served, v1Path } from '../admin/served.js'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const TOKEN = 'api-secret'

/** The whole application on a port, and a page of a browser that tells what it asks for and complains of. */
async function opened(t: Test) {
  const app = await served(t, v1Path(t), { API_TOKEN: TOKEN, ADMIN_TOKEN: 'admin-secret' })
  const address = await app.listen({ host: '127.0.0.1', port: 0 })
  const browser = await puppeteer.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  t.teardown(() => browser.close())
  const page = await browser.newPage()
  const asked: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  return { address, page, asked, complaints }
}

const press = async (page: Page, selector: string) => (await page.waitForSelector(selector))?.click()

t.test(
  'Swagger UI in a browser',
  { skip: existsSync(CHROMIUM) ? false : `there is no ${CHROMIUM}` },
  async (t) => {
    t.setTimeout(180_000)
    const { address, page, asked, complaints } = await opened(t)
    const answer = await page.goto(`${address}/docs`, { waitUntil: 'networkidle0' })
    t.match(answer?.headers()['content-security-policy'], /^default-src 'none'; script-src 'self';/)

    t.test('has a document for each version, and for the administration', async (t) => {
      await page.waitForSelector('#select option')
      const urls = await page.evaluate(
        `[...document.querySelectorAll('#select option')].map((one) => one.value)`,
      )
      t.same(urls, ['/openapi/v1.json', '/openapi/v2.json', '/openapi/admin.json'])
      await page.select('select#select', '/openapi/v1.json')
      await page.waitForSelector('[id$="-listSuppliers"]')
    })

    t.test('carries the token to what is tried out', async (t) => {
      await press(page, '.btn.authorize')
      await (await page.waitForSelector('.auth-container input'))?.type(TOKEN)
      await press(page, '.auth-container button.authorize')
      await press(page, '.auth-container button.btn-done')
      const operation = '[id$="-listSuppliers"]'
      await press(page, `${operation} button.opblock-summary-control`)
      await press(page, `${operation} button.try-out__btn`)
      await press(page, `${operation} button.execute`)
      const status = `${operation} .live-responses-table .response .response-col_status`
      await page.waitForSelector(status)
      t.match(await page.evaluate(`document.querySelector('${status}').textContent`), /^200/)
      t.ok(asked.some((url) => url.startsWith(`${address}/v1/suppliers`)))
    })

    t.test('asks nobody else, and breaks no rule of its policy', async (t) => {
      t.same(
        asked.filter((url) => !url.startsWith(`${address}/`) && !url.startsWith('data:')),
        [],
      )
      t.same(complaints, [])
    })
  },
)
