import { parseInstant } from '../../kernel/instant.js'
import { instantText } from '../../http/wire.js'
import type { InstanceFiles } from './submission-files.js'

/** An entry of an instance's list, as it is served. */
export const asItem = ({ entry, record }: InstanceFiles['entries'][number]) => ({
  fileName: record?.originalName ?? null,
  isStored: record !== undefined,
  size: record?.size ?? null,
  mimeType: record?.mimeType ?? null,
  sha256: record?.sha256 ?? null,
  uploadedAt: instantText(parseInstant(record?.uploadedAt ?? '') ?? null),
  record: entry,
})
