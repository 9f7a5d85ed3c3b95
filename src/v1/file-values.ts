import { Type, type TObject } from '@sinclair/typebox'
import { Instant, Nullable } from '../http/schemas.js'

/** An instant of a v1 file in an answer; null where the file holds none that can be read. */
export const FileInstant = () =>
  Nullable(Instant({ description: 'null where the file has no readable date' }))

/** The same for a whole number. */
export const FileInteger = () => Nullable(Type.Integer({ description: 'null where the file has none' }))

/** An id in an answer: an old file may have any text, such as none. */
export const FileId = () => Type.String()

/** A resource of both versions as a v1 file has it: nothing is asked of its rows before they are mended for v2. */
export const asInFile = <Of extends { item: TObject }>(resource: Of): Of => {
  const { item } = resource
  const properties = { ...item.properties, id: FileId(), createdAt: FileInstant(), updatedAt: FileInstant() }
  return { ...resource, item: { ...item, properties } }
}
