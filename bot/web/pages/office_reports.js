/** Reports of the office: charts by week, and the figures of a year. */

import { bars, lines } from "/assets/charts.js";
import { $, element, table } from "/assets/staff.js";

const KINDS = ["marketing_email", "targeted_advertising", "sharing", "phone_mail_marketing"];
const MOST_TOPICS = 5;

export function showReport(report, named) {
  const weeks = report.weeks.map((week) => week.week);
  const channels = [...new Set(report.weeks.flatMap((week) => Object.keys(week.channels)))].sort().slice(0, 6);
  const counts = (field, names) => report.weeks.map((week) => names.map((name) => week[field][name] || 0));
  $("charts").replaceChildren(
    bars("Requests by action", ["opt_out", "opt_in"].map(named), weeks, counts("actions", ["opt_out", "opt_in"]), "By the week in which they came."),
    bars("Requests by kind", KINDS.map(named), weeks, counts("kinds", KINDS), "A request counts once for each of its kinds."),
    bars("Requests by channel", channels.map(named), weeks, counts("channels", channels), "By the way on which they came."),
    lines("Days to fulfil", ["Median", "Nine of ten within"], weeks, report.weeks.map((week) => [week.median_days, week.p90_days]), "Of the requests that came in a week and are in force."),
    bars("In time and late", ["In time", "Late", "Overdue now"], weeks, report.weeks.map((week) => [week.in_time, week.late, week.overdue]), "By the week in which they came; open ones that are not due yet are not counted.", [0, 1, 4]),
    ...questions(report, weeks),
  );
}

/** Return the charts of what shoppers ask. */
function questions(report, weeks) {
  const totals = new Map();
  for (const one of report.topics) totals.set(one.title, (totals.get(one.title) || 0) + one.count);
  const most = [...totals].sort((one, other) => other[1] - one[1]).slice(0, MOST_TOPICS).map(([title]) => title);
  const names = totals.size > most.length ? [...most, "Other topics"] : most;
  const topics = weeks.map((week) => {
    const asked = report.topics.filter((one) => one.week === week);
    return names.map((name) => asked.filter((one) => (name === "Other topics" ? !most.includes(one.title) : one.title === name)).reduce((sum, one) => sum + one.count, 0));
  });
  const outcome = (week, ...wanted) => report.outcomes.filter((one) => one.week === week && (!wanted.length || wanted.includes(one.name))).reduce((sum, one) => sum + one.count, 0);
  const understood = weeks.map((week) => {
    const parts = ["clarify", "out_of_scope"].map((name) => outcome(week, name));
    return [outcome(week) - parts[0] - parts[1], ...parts];
  });
  return [
    bars("What shoppers ask", names, weeks, topics, "Messages by topic: counts only, which stay when conversations are deleted."),
    bars("What was understood", ["Understood", "Asked back", "Not about privacy, or not understood"], weeks, understood, "All messages to the assistant."),
  ];
}

export function showYearly({ year, store, rows, deleted_before: gone }) {
  const number = (value) => (value === null ? "–" : String(value));
  const days = (value) => (value === null ? "–" : String(value));
  const head = ["Right", "11 CCR 7102(a)(1)", "Received", "Complied with", "Denied", "Withdrawn", "Pending", "Median days", "Mean days"];
  const right = (row) => (row.received === null ? [row.right, element("small", {}, "not recorded by this bot: add your own")] : [row.right]);
  const body = rows.map((row) => [element("span", {}, ...right(row)), row.paragraph || "not asked for", number(row.received), number(row.complied), number(row.denied), number(row.withdrawn), number(row.pending), days(row.median_days), days(row.mean_days)]);
  const note = gone ? [element("p", { className: "late" }, `Records from before ${gone} are deleted for their age: these are not all of ${year}.`)] : [];
  $("figures").replaceChildren(...note, element("div", { className: "scroll", role: "region", tabindex: "0", "aria-label": "Table of the year" }, table(`${store}: requests received in ${year}`, head, body)));
}
