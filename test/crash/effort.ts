/** How much is tried: enough to notice a defect on every change, or, with `SOAK=1`, as much as a night bears. */
const isSoak = process.env.SOAK === '1'

const count = (name: string, usual: number, soak: number): number =>
  Number(process.env[name] ?? (isSoak ? soak : usual))

export const effort = {
  limitMs: isSoak ? 6 * 3_600_000 : 1_800_000,
  closings: count('CLOSINGS', 4, 300),
  kills: count('KILLS', 60, 500),
  walCuts: count('WAL_CUTS', 200, 1_000),
  /** Of the files with a cut WAL, those whose run is taken to its end. */
  walResumes: count('WAL_RESUMES', 20, 1_000),
  /** A run with the seed of one that failed kills the server at the same points. */
  seed: count('SEED', Date.now() % 1_000_000, Date.now() % 1_000_000),
}
