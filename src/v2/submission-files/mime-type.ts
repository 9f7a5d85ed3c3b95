const UNKNOWN = 'application/octet-stream'
const token = `[\\w!#$&^.+-]{1,60}`
const pattern = new RegExp(`^${token}/${token}(; ?${token}=${token})?$`)

/** What a client says that a file is. A form is what clients say who were not asked. */
export const asMimeType = (given: string | undefined): string =>
  given === undefined || !pattern.test(given) || given.startsWith('application/x-www-form-urlencoded')
    ? UNKNOWN
    : given
