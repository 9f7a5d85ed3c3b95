/** RFC 8187's attr-char: the rest is percent-encoded. */
const extended = (text: string) =>
  encodeURIComponent(text).replaceAll(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** To be saved under this name, and never shown in the page (RFC 6266). The name is well-formed. */
export function asAttachment(fileName: string): string {
  // What old clients would misread: quotes, backslashes, percent signs, and all that is not ASCII.
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const quoted = `attachment; filename="${plain}"`
  return plain === fileName ? quoted : `${quoted}; filename*=UTF-8''${extended(fileName)}`
}
