import { Type } from '@sinclair/typebox'

/** Milestones and tasks are shown by sequence. A file may hold any; what is written is one that v2 takes, too. */
export const Sequence = Type.Integer({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
})
