import { Type } from '@sinclair/typebox'

/** Sections and tasks are shown by sequence, then name, then id. */
export const Sequence = Type.Integer({
  minimum: -1_000_000,
  maximum: 1_000_000,
  default: 0,
  description: 'place among its siblings; equals are ordered by name',
})
