/** A heading of what is shown next. Everything goes to stdout as it happens. */
export const step = (title: string): void => console.log(`\n${title}`)

export const bullet = (text: string): void => console.log(text === '' ? '' : `  ${text}`)
