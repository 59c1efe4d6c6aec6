/** What a thrown value says, whatever it is. */

/** An error's message, or the value itself in words. Never throws; empty when there are none. */
export function describeThrown(thrown: unknown): string {
  try {
    if (typeof thrown === "function") return "a function was thrown";
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    const message: unknown = Reflect.get(thrown, "message");
    if (typeof message === "string") return message;
    return message === undefined
      ? "an object without a message was thrown"
      : "an error was thrown whose message is no text";
  } catch {
    return "an error was thrown whose message cannot be read";
  }
}
