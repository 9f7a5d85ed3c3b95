import { formatInstant } from '../../kernel/instant.js'
import { chance, hexDigits, integer, pick, type Random } from './random.js'
import {
  companies,
  fileKinds,
  legalForms,
  models,
  oddNotes,
  people,
  remarks,
  roles,
  trades,
} from './words.js'

export { places as locations } from './words.js'

interface Contact {
  name: string
  role: string
  email: string
  phone: string
}

/** Different for each index. */
function combined(index: number, first: readonly string[], second: readonly string[]): string {
  const round = Math.floor(index / (first.length * second.length))
  const words = [first[index % first.length], second[Math.floor(index / first.length) % second.length]]
  return [...words, ...(round === 0 ? [] : [String(round + 1)])].join(' ')
}

export const supplierName = (random: Random, index: number): string =>
  `${combined(index, companies, trades)} ${pick(random, legalForms)}`

export const projectName = (index: number): string =>
  combined(index, models, ['A', 'B', 'C', 'Facelift', 'EV'])

export function contacts(random: Random): Contact[] {
  return Array.from({ length: integer(random, 0, 3) }, () => {
    const name = pick(random, people)
    const mailbox = name
      .normalize('NFD')
      .replace(/\p{M}/gu, '')
      .toLowerCase()
      .replace(/[^a-z]+/g, '.')
    const phone = `+1-555-${String(integer(random, 0, 9999)).padStart(4, '0')}`
    return { name, role: pick(random, roles), email: `${mailbox}@example.com`, phone }
  })
}

export const contactInfo = ([first]: readonly Contact[]): string =>
  first === undefined ? 'No contact info provided' : `${first.email} | ${first.phone}`

/** Mostly a remark or two; one in ten is odd or long. */
export function note(random: Random): string {
  const form = random()
  if (form < 0.9) return `${pick(random, remarks)} ${pick(random, remarks)}`
  return form < 0.99 ? pick(random, oddNotes) : `${pick(random, remarks)} `.repeat(integer(random, 30, 120))
}

/** Plain text, JSON or nothing. */
export function responsibleParties(random: Random): string | null {
  if (chance(random, 0.3)) return null
  const name = pick(random, people)
  return chance(random, 0.5) ? name : JSON.stringify([{ name, role: pick(random, roles) }])
}

/** The JSON that v1 kept of the files handed in with an instance. @param uploadedMs epoch milliseconds */
export function submissionFiles(random: Random, instanceId: string, uploadedMs: number): string {
  const records = Array.from({ length: pick(random, [0, 1, 1, 2, 3]) }, () => {
    const id = hexDigits(random, 16)
    const [originalName, mimeType] = pick(random, fileKinds)
    const fileName = `${id}${originalName.slice(originalName.lastIndexOf('.'))}`
    const size = integer(random, 1_000, 9_000_000)
    const path = `uploads/${instanceId}/${fileName}`
    return { id, fileName, originalName, size, mimeType, path, uploadedAt: formatInstant(uploadedMs) }
  })
  return JSON.stringify(records)
}
