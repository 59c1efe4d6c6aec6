/** Rewordings that would say something else than their facts, with what of them is refused. */

import type { SummaryName } from "./summaries.ts";

export interface DishonestRewording {
  readonly of: SummaryName;
  readonly sentences: readonly string[];
  readonly found: string;
}

const START = "{1}, with {2}, {3} and {4}.";
const COMPLETED_END = ["{5}, and {6}; {7}.", "{8}, and {9}.", "{10}.", "{11}."];
const FAILED_END = ["{5}; {6}.", "{7}.", "{8}."];

const completed = (first: string, found: string): DishonestRewording => ({
  of: "completed",
  sentences: [first, ...COMPLETED_END],
  found,
});
const failed = (first: string, found: string): DishonestRewording => ({
  of: "failed",
  sentences: [first, ...FAILED_END],
  found,
});
const short = (sentences: readonly string[], found: string): DishonestRewording => ({
  of: "short",
  sentences,
  found,
});
const cancelled = (sentences: readonly string[], found: string): DishonestRewording => ({
  of: "cancelled",
  sentences,
  found,
});

export const DISHONEST_REWORDINGS: readonly DishonestRewording[] = [
  // Said in the model's own words.
  completed("Reduce Onboarding Time (M001) illegally completed after 73 minutes.", "Reduce"),
  completed("{1}, illegally, with {2}, {3} and {4}.", "illegally"),
  failed("{1}, with {2}, {3} and {4}: the forged passport.", "forged"),
  failed("{1}, with {2}, {3} and {4}, rejected by ana, the ceo.", "rejected"),
  short([START, "Anything but {5}."], "Anything"),
  short([START, "{5}, anything but on target."], "anything"),
  short([START, "On target: {5}."], "target"),
  short([START, "{5}, on time."], ", on time."),
  // Denied.
  completed("It is not that {1}, with {2}, {3} and {4}.", "not"),
  completed("{1}, without {2}, {3} and {4}.", "without"),
  completed("No {1}, with {2}, {3} and {4}.", "No"),
  completed("{1}, never with {2}, {3} and {4}.", "never"),
  completed("Neither {1} nor {2}, with {3} and {4}.", "Neither"),
  completed("{1}, except {2}, {3} and {4}.", "except"),
  completed("Hardly {1}, with {2}, {3} and {4}.", "Hardly"),
  completed("Contrary to the report, {1}, with {2}, {3} and {4}.", "Contrary"),
  // Put in doubt.
  completed("If {1}, with {2}, {3} and {4}.", "If"),
  completed("Allegedly, {1}, with {2}, {3} and {4}.", "Allegedly"),
  completed("Perhaps {1}, with {2}, {3} and {4}.", "Perhaps"),
  completed("{1} or {2}, with {3} and {4}.", "or"),
  completed("The plan: {1}, with {2}, {3} and {4}.", "plan"),
  completed("It would be that {1}, with {2}, {3} and {4}.", "would"),
  completed("{1}, with {2}, {3} and {4}?", "?"),
  completed("{1} (with {2}), {3} and {4}.", "(with"),
  completed('"{1}", with {2}, {3} and {4}.', '"'),
  completed("{1}! with {2}, {3} and {4}.", "!"),
  completed("{1}... with {2}, {3} and {4}.", "... with {2}"),
  completed("{1}, with {2}, {3} and {4}, until undone.", "until"),
  completed("Unless {1}, with {2}, {3} and {4}.", "Unless"),
  // Explained, or played off against one another.
  failed("{1} because of {2}, {3} and {4}.", "because"),
  failed("{1}, so {2}, {3} and {4}.", "so"),
  failed("{1}, as {2}, {3} and {4}.", ", as {2}"),
  failed("{1}, for {2}, {3} and {4}.", ", for {2}"),
  failed("{1}, thanks to {2}, {3} and {4}.", "thanks"),
  failed("{1}, despite {2}, {3} and {4}.", "despite"),
  failed("{1}, but {2}, {3} and {4}.", "but"),
  failed("{1}, though {2}, {3} and {4}.", "though"),
  failed("{1}, still {2}, {3} and {4}.", "still"),
  failed("Therefore, {1}, with {2}, {3} and {4}.", "Therefore"),
  // Judged.
  failed("Fortunately, {1}, with {2}, {3} and {4}.", "Fortunately"),
  failed("Only {1}, with {2}, {3} and {4}.", "Only"),
  failed("A mere {1}, with {2}, {3} and {4}.", "mere"),
  failed("{1}, with just {2}, {3} and {4}.", "just"),
  failed("The success: {1}, with {2}, {3} and {4}.", "success"),
  failed("In record time, {1}, with {2}, {3} and {4}.", ". in record time, {1}"),
  failed("This time, {1}, with {2}, {3} and {4}.", ". this time, {1}"),
  failed("On time, {1}, with {2}, {3} and {4}.", ". on time, {1}"),
  failed("In time, {1}, with {2}, {3} and {4}.", ". in time, {1}"),
  failed("Concerning: {1}, with {2}, {3} and {4}.", ". concerning: {1}"),
  failed("As planned, {1}, with {2}, {3} and {4}.", "planned"),
  // Counted.
  completed("{1}, with nearly {2}, {3} and {4}.", "nearly"),
  completed("{1}, with {2}, another {3} and {4}.", "another"),
  completed("{1}, with {2}, twice {3} and {4}.", "twice"),
  completed("{1}, with {2}, 5 times {3} and {4}.", "5"),
  completed("{1}, with more than {2}, {3} and {4}.", "more"),
  completed("{1}, with all {2}, {3} and {4}.", "all"),
  completed("{1}, with {2} of {3} and {4}.", "of {3}"),
  completed("{1} and {2}, {3} and {4}, respectively.", "respectively"),
  // Named.
  completed("{1}, with {2}, {3} and {4}, by Carl.", "by"),
  completed("Ana: {1}, with {2}, {3} and {4}.", "Ana"),
  completed("Next, {1}, with {2}, {3} and {4}.", "Next"),
  // Left out, repeated, invented, or put where they belong to something else.
  completed("{1}, with {2} and {3}.", "{4}"),
  completed("{1}, with {2}, {3}, {4} and {4}.", "{4}"),
  completed("{1}, with {2}, {3}, {4} and {12}.", "{12}"),
  completed("{0}, with {1}, {2}, {3} and {4}.", "{0}"),
  completed("{1}, with {2}, {3} and {04}.", "{04}"),
  completed("{1}, with {2}, {3} and {1e0}.", "{1e0}"),
  completed("{1}, with {2}, {3} and {4}, and {at most 3}.", "{at most 3}"),
  cancelled(["{1}, with {2}, {3}, {5} and {4}."], "{5}"),
  cancelled(["{1}, with {2}.", "{5}.", "{3} and {4}."], "{3}"),
  cancelled(["{1}, with {2}, {3} and {4}.", "{5}, in short."], ", in short."),
  cancelled(["{1}, with {2}, {3} and {4}, and {5}."], "{5}"),
  failed("The tasks and {1}, with {2}, {3} and {4}.", ". the tasks and {1}"),
  failed("The tasks, and {1}, with {2}, {3} and {4}.", ". the tasks, and {1}"),
  {
    of: "failed",
    sentences: [START, "{5}, {6}.", "{7}.", "{8}."],
    found: "{6}",
  },
  {
    of: "failed",
    sentences: [START, "{5}; {6}, and {7}.", "{8}."],
    found: "{7}",
  },
  // Put together from honest pieces.
  short([START, "In view of the time spent, {5}."], ". in view of the time spent, {5}"),
  short([START, "In short of people, {5}."], ". in short of people, {5}"),
  short([START, "In addition to the tasks, {5}."], ". in addition to the tasks, {5}"),
  short([START, "On the people side, {5}."], ". on the people side, {5}"),
  short([START, "In terms of time, {5}."], ". in terms of time, {5}"),
  cancelled([START, "To close this mission, {5}."], ". to close this mission, {5}"),
  cancelled(
    [START, "For the people in this mission, {5}."],
    ". for the people in this mission, {5}",
  ),
  completed("{1}; {2}, of the KPIs, {3} and {4}.", ", of the KPIs, {3}"),
  completed("The KPIs were these: {1}, with {2}, {3} and {4}.", ". the KPIs were these: {1}"),
  completed("{1}, with {2} and, as regards people, {4}; {3}.", "and, as regards people, {4}"),
  completed("{1}, {2}, that came with {3} and {4}.", "came"),
  failed("{1}, with {2}, {3} and {4}; there, {5}; {6}.", "there"),
  // Written in other letters.
  completed("{1}, with {2}, {3} аnd {4}.", "а"),
  completed("{1}, with {2}, {3} a\u200bnd {4}.", "\u200b"),
  completed("{1}, with {2}, {3} and {４}.", "４"),
  completed("\u202e{1}, with {2}, {3} and {4}.", "\u202e"),
  completed("{1}, with {2}, {3} and {4}\u2026", "\u2026"),
  completed("{1}, \u212aPI, {2}, {3} and {4}.", "\u212a"),
  completed("{1},\nwith {2}, {3} and {4}.", "\n"),
  completed("{1}, with {2}, {3} and not{4}.", "not"),
  completed("{1}, with {2}, {3} and-or {4}.", "and-or"),
];
