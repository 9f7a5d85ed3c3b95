import type { Maker } from './maker.js'
import { chance, integer, pick } from './random.js'
import { daysBeforeBase, stamps } from './stored-date.js'
import { contactInfo, contacts, locations, supplierName } from './texts.js'

/** Adds the suppliers, and gives their ids. */
export const addSuppliers = (maker: Maker, count: number): string[] =>
  Array.from({ length: count }, (_, index) => addSupplier(maker, index))

function addSupplier(maker: Maker, index: number): string {
  const { random } = maker
  const at = daysBeforeBase(620) + index * 1000
  const id = maker.newId(at)
  const people = contacts(random)
  maker.insert('suppliers', {
    id,
    name: supplierName(random, index),
    supplierNumber: chance(random, 0.9) ? `${500_000 + index}-0${integer(random, 1, 9)}` : null,
    location: chance(random, 0.8) ? pick(random, locations) : null,
    contacts: chance(random, 0.8) ? JSON.stringify(people) : null,
    contactInfo: contactInfo(people),
    ...stamps(random, at, chance(random, 0.3) ? at + integer(random, 1, 200) * 86_400_000 : undefined),
  })
  return id
}
