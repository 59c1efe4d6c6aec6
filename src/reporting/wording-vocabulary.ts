/** The words the checks of a rewording know; all others are only compared. */

/** They say nothing by themselves. */
const FUNCTION_WORDS = new Set(
  [
    "a an the this that these those it its itself they them their there here he she his her him we",
    "who whom whose which what when where why how in on at by for from of off to into onto over under",
    "with within after before during until since through throughout across about between among",
    "against along and or but nor so yet as if then than while whereas because although though",
    "is are was were be been being am has have had having do does did can could will would shall",
    "may might also again still just only already now later out up down same",
    "such other another further due owing namely per via",
    "overall however meanwhile additionally moreover furthermore therefore thus hence consequently",
    "specifically regarding concerning accordingly subsequently finally lastly currently altogether instead together",
  ].flatMap((line) => line.split(" ")),
);

/** What every mission is made of. The summary's sentences use them; others do as well. */
const FRAME_WORDS = new Set(
  [
    "mission missions task tasks run runs work reason reasons step steps action item items total",
    "took taken take made make makes settle settled settling",
  ].flatMap((line) => line.split(" ")),
);

const NEXT = /^(?:next|should|must|needs?|ought)$/u;
const NEGATION = /^(?:no|not|none|never|neither|nor|nobody|nothing|without|cannot|unable|.*n't)$/u;

/** How something went. Each is said of something, so it may not move to something else. */
const VERDICTS = [
  "complet|fail|cancel|abandon|wait|await|block|reject|approv|skip|ontarget|offtarget|succe|finish",
  "(?:critical|high|higher|highest|medium|low|lower|lowest|hit|met|done|running|pending|ready)s?$",
  "(?:severe|severity|miss|missed|misses|missing)$",
].join("|");

/** Judgements, amounts, times and orders, which nobody may add. */
const CLAIMS = [
  "accomplish|achiev|progress|refus|declin|den(?:y|i)|veto|grant|authori|accept|deliver|resolv|solv",
  "fix|improv|increas|decreas|reduc|grow|exceed|target|delay|overdue|breach|risk|threat|danger",
  "escalat|urgen|excellen|perfect|flawless|smooth|outstanding|efficien|effective|quick|rapid|fast",
  "slow|fortunat|fraud|expect|predict|guarant|confirm|verif|certif|doubl|tripl|quadrupl|halv",
  "ignor|disregard|overrid|instruct|prompt|assistant|chatbot|apolog|pay(?:ment)?(?:s|ing)?$",
  "(?:minor|major|moderate|open|closed|safe|secure|late|early|ahead|behind|good|better|best|bad)$",
  "(?:worse|worst|poor|great|strong|weak|half|halves|once|twice|thrice|quarters?|thirds?|dozens)$",
  "(?:hundreds|thousands|millions|billions|couple|pair|several|many|most|least|few|fewer|more|less)$",
  "(?:multiple|majority|minority|numerous|percentage|minus|negative|plus|almost|nearly|approximately)$",
  "(?:roughly|sorry|today|yesterday|tomorrow|tonight|(?:hour|day|week|month|year|second|minute)s?)$",
  "(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|june|july|august)$",
  "(?:september|october|november|december|will|would|could|can|may|might|shall|maybe|perhaps)$",
  "(?:partly|partially|barely|hardly|possibly|probably|likely|apparently|reportedly|allegedly)$",
].join("|");
const UNIVERSAL = "(?:all|every|each|both|always|fully|entire|entirely|everything|everyone|whole)$";

const VERDICT = new RegExp(`^(?:un|in|dis|non|mis|re)?(?:${VERDICTS})`, "u");
const CLAIM = new RegExp(`^(?:un|in|dis|non|mis|re)?(?:${CLAIMS}|${UNIVERSAL})`, "u");
const UNIVERSAL_WORD = new RegExp(`^${UNIVERSAL}`, "u");

/** True for a word that neither adds nor carries a fact. */
export function isPlainWord(word: string): boolean {
  const lower = word.toLowerCase();
  return FUNCTION_WORDS.has(lower) || FRAME_WORDS.has(lower);
}

/** True for a word that cannot be what is counted in "3 tasks". */
export function isFunctionWord(word: string): boolean {
  return FUNCTION_WORDS.has(word.toLowerCase());
}

/** "all", "every": true when a count is full. */
export function isUniversal(word: string): boolean {
  return UNIVERSAL_WORD.test(word.toLowerCase());
}

/** The family of a word that says how it went, "not" for every negation; else undefined. */
export function verdictOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  if (NEGATION.test(lower)) return "not";
  const [found] = VERDICT.exec(lower) ?? [];
  return found?.replace(/^await/u, "wait").replace(/^miss(?:ed|es|ing)$/u, "miss");
}

/** The family of a word that claims something, verdicts among them; undefined for all other words. */
export function claimOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return verdictOf(word) ?? (NEXT.test(lower) ? "next" : CLAIM.exec(lower)?.[0].replace(/s$/u, ""));
}
