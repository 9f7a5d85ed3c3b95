import { dirtClasses, type DirtPlan } from '../src/v1/generate/dirt/add-dirt.js'
import { oneOf, wrongUsage } from './terminal.js'

/** Of rows that do not fit, in percent of the instances. */
export const dirtPercent = 1

/** The classes, a line each, for a usage text. */
export const dirtClassList = dirtClasses.map((name) => `                             ${name}`).join('\n')

/** What `--dirt` asks for: all, or classes with commas between them. */
export function dirtPlan(text: string, percent: number): DirtPlan {
  if (text === 'all') return { classes: 'all', percent }
  const classes = text.split(',').map((name) => oneOf('dirt', name.trim(), ['all', ...dirtClasses]))
  if (classes.includes('all')) throw wrongUsage('--dirt is all, or classes.')
  return { classes, percent }
}
