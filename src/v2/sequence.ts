import { Type } from '@sinclair/typebox'

/** Sections and tasks are shown by sequence, then name, then id. */
export const Sequence = Type.Integer({
  minimum: -1_000_000,
  maximum: 1_000_000,
  description: 'place among its siblings, equals by name; when left out on creation, after the last one',
})
