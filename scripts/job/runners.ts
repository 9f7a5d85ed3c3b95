/** A job as the API serves it: the same on a file. */
export interface JobItem {
  id: string
  job: string
  state: string
  phase: string | null
  progress: { rowsDone: number; rowsTotal: number }
  report: unknown
  error: { code: string; detail: string } | null
}

export interface JobRequest {
  job: string
  options: Record<string, unknown>
  reason?: string
}

/** Where jobs run: on a file, or by a server. */
export interface Runner {
  /** @throws Problem, or an error that says why it was refused */
  start(request: JobRequest): Promise<string>
  get(id: string): Promise<JobItem>
  cancel(id: string): Promise<void>
  close(): Promise<void>
}
