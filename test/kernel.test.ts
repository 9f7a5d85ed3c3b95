import './kernel/rules.spec.js'
import './kernel/calendar-day.spec.js'
