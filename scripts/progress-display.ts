import { SingleBar } from 'cli-progress'
import type { Writable } from 'node:stream'
import { thousands } from './terminal.js'

/** How far a piece of work is, in units of its phase. */
export interface Progress {
  phase: string
  done: number
  total: number
}

export interface ProgressDisplay {
  update: (progress: Progress) => void
  /** Leaves the terminal tidy; to be called whether or not the work succeeded. */
  end: () => void
}

type Output = Writable & { isTTY?: boolean }

/** One phase on the screen. `rate` is in units a second. */
interface Phase {
  update: (done: number, rate: number) => void
  end: () => void
}

/**
 * Shows progress with rate and time left: a bar for each phase on a terminal; elsewhere a line every
 * five seconds, and one when the phase is done.
 */
export function progressDisplay(output: Output = process.stderr): ProgressDisplay {
  const begin = output.isTTY === true ? beginBar : beginLines
  let current: (Phase & { name: string; startedAt: number; doneBefore: number }) | undefined
  return {
    update: ({ phase, done, total }) => {
      if (current?.name !== phase) {
        current?.end()
        current = { ...begin(output, phase, total), name: phase, startedAt: Date.now(), doneBefore: done }
      }
      const seconds = Math.max(Date.now() - current.startedAt, 1) / 1000
      current.update(done, (done - current.doneBefore) / seconds)
    },
    end: () => current?.end(),
  }
}

const FORMAT = '{phase} {bar} {percentage} % | {done} of {all} | {rate}/s | {left} s left'

function beginBar(output: Output, phase: string, total: number): Phase {
  const payload = (done: number, rate: number) => ({
    done: thousands(done),
    all: thousands(total),
    rate: thousands(rate),
    left: secondsLeft(done, total, rate),
  })
  // Nothing to undo on Ctrl-C: a handler for it would keep synchronous work from being stopped.
  const bar = new SingleBar({ stream: output, format: FORMAT, barsize: 24, linewrap: true })
  bar.start(total, 0, { phase, ...payload(0, 0) })
  return { update: (done, rate) => bar.update(done, payload(done, rate)), end: () => bar.stop() }
}

const LINE_EVERY_MS = 5000

function beginLines(output: Output, phase: string, total: number): Phase {
  let nextAt = Date.now() + LINE_EVERY_MS
  let finished = total === 0
  return {
    update: (done, rate) => {
      if (finished || (done < total && Date.now() < nextAt)) return
      finished = done >= total
      nextAt = Date.now() + LINE_EVERY_MS
      const amount = `${thousands(done)} of ${thousands(total)}`
      output.write(`${phase}: ${amount}, ${thousands(rate)}/s, ${secondsLeft(done, total, rate)} s left\n`)
    },
    end: () => undefined,
  }
}

const secondsLeft = (done: number, total: number, rate: number) =>
  done >= total ? '0' : rate > 0 ? thousands((total - done) / rate) : '?'
