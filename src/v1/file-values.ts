import { Type } from '@sinclair/typebox'
import { Instant, Nullable } from '../http/schemas.js'

/** An instant of a v1 file in an answer; null where the file holds none that can be read. */
export const FileInstant = () =>
  Nullable(Instant({ description: 'null where the file has no readable date' }))

/** The same for a whole number. */
export const FileInteger = () => Nullable(Type.Integer({ description: 'null where the file has none' }))
