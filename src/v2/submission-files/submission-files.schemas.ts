import { Type } from '@sinclair/typebox'
import { Id, Instant, Nullable } from '../../http/schemas.js'

export const FileParams = Type.Object({
  id: Id(),
  fileName: Type.String({ description: 'no path, no control characters, at most 255 bytes' }),
})

export const SubmissionFile = Type.Object({
  fileName: Nullable(Type.String({ description: 'as in the URL; null for what is kept elsewhere' })),
  isStored: Type.Boolean({ description: 'false: the instance only refers to it; see record' }),
  size: Nullable(Type.Integer()),
  mimeType: Nullable(Type.String()),
  sha256: Nullable(Type.String({ description: 'hexadecimal' })),
  uploadedAt: Nullable(Instant()),
  record: Type.Unknown({ description: 'the entry of submissionFiles, as it is' }),
})

export const SubmissionFiles = Type.Object({
  items: Type.Array(SubmissionFile),
  raw: Nullable(Type.String({ description: 'the stored text, where it is not a JSON array' })),
})

export const AddedFiles = Type.Object({ items: Type.Array(SubmissionFile) })
