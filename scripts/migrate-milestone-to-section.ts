import { jobScript } from './job/job-script.js'

await jobScript('migrate', 'migrate-milestone-to-section')
