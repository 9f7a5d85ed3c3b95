/**
 * A text as a search sees it: without regard to case, in any script, nor to how accented letters are
 * composed. Accents count.
 */
export const foldText = (text: string): string => text.normalize('NFC').toUpperCase()
