import { Type } from '@sinclair/typebox'
import { MADE } from '../../http/examples.js'
import { exampleOf, Id, Instant, Named, Nullable } from '../../http/schemas.js'

export const FileParams = Type.Object({
  id: Id(),
  fileName: Type.String({ description: 'no path, no control characters, at most 255 bytes' }),
})

export const SubmissionFile = Named(
  'SubmissionFile',
  Type.Object({
    fileName: Nullable(Type.String({ description: 'as in the URL; null for what is kept elsewhere' })),
    isStored: Type.Boolean({ description: 'false: the instance only refers to it; see record' }),
    size: Nullable(Type.Integer()),
    mimeType: Nullable(Type.String()),
    sha256: Nullable(Type.String({ description: 'hexadecimal' })),
    uploadedAt: Nullable(Instant()),
    record: Type.Unknown({ description: 'the entry of submissionFiles, as it is' }),
  }),
  {
    fileName: 'gage-study.pdf',
    isStored: true,
    size: 48213,
    mimeType: 'application/pdf',
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    uploadedAt: MADE,
    record: { originalName: 'gage-study.pdf' },
  },
)

export const SubmissionFiles = Named(
  'SubmissionFiles',
  Type.Object({
    items: Type.Array(SubmissionFile),
    raw: Nullable(Type.String({ description: 'the stored text, where it is not a JSON array' })),
  }),
  { items: [exampleOf(SubmissionFile)], raw: null },
)

export const AddedFiles = Named('AddedSubmissionFiles', Type.Object({ items: Type.Array(SubmissionFile) }), {
  items: [exampleOf(SubmissionFile)],
})
