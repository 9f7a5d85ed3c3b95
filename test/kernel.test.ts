import './plain-processes.js'
import './kernel/rules.spec.js'
import './kernel/calendar-day.spec.js'
