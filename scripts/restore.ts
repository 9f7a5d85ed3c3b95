import { jobScript } from './job/job-script.js'

await jobScript('restore')
