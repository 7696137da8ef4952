// What the package ical.js makes of a calendar, by its time zones alone and none of its own.
// Standard input: an iCalendar object. Standard output: {uid: [start, end]} in seconds since 1970.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const zones = new Map(
  calendar.getAllSubcomponents("vtimezone").map((told) => {
    const zone = new ICAL.Timezone(told);
    return [zone.tzid, zone];
  }),
);

function instant(property) {
  const time = property.getFirstValue().clone();
  time.zone = zones.get(property.getParameter("tzid")) ?? ICAL.Timezone.utcTimezone;
  return time.convertToZone(ICAL.Timezone.utcTimezone).toUnixTime();
}

const events = calendar.getAllSubcomponents("vevent").map((event) => [
  event.getFirstPropertyValue("uid"),
  [instant(event.getFirstProperty("dtstart")), instant(event.getFirstProperty("dtend"))],
]);
console.log(JSON.stringify(Object.fromEntries(events)));
