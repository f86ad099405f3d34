/**
 * Class texts of any length for the parse benchmark: the same small program in Beamtalk and in
 * TypeScript, repeated under new names until the text is long enough.
 *
 * @module
 */

/** A Beamtalk class in the manner of a project: documentation, data, short and longer methods. */
export function beamtalkClass(index: number): string {
  return `/// Keeps the stock of shop ${index}: what it holds, what was asked for, what it sold.
typed Actor subclass: Stock${index}
  state: items :: Dictionary(Symbol, Integer) = #{}
  state: sold :: Integer = 0
  state: log :: List(String) = #()
  classState: opened = 0

  /// A stock that holds nothing.
  class open -> Stock${index} =>
    self.opened += 1
    self spawn

  /// How many of a thing there are.
  count: name :: Symbol -> Integer => self.items at: name ifAbsent: [0]

  /// Adds an amount of a thing; answers the new count.
  add: amount :: Integer of: name :: Symbol -> Integer =>
    amount <= 0 ifTrue: [self error: "an amount is positive, got {amount}"]
    now := (self count: name) + amount
    self.items := self.items at: name put: now
    self note: "added {amount} of {name}, now {now}"
    now

  /// Takes an amount out, where there is as much. // not a comment of its own
  take: amount :: Integer of: name :: Symbol -> Result(Integer, Symbol) =>
    have := self count: name
    have < amount ifTrue: [^ Result error: #sold_out]
    self.items := self.items at: name put: have - amount
    self.sold += amount
    Result ok: have - amount

  handle: {#order, name, amount} => self take: amount of: name
  handle: {#delivery, name, amount} when: [amount > 0] => self add: amount of: name
  handle: #(first, ...rest) =>
    self handle: first
    rest do: [:each | self handle: each]
  handle: other =>
    other match: [
      #report -> self report
      Result ok: value -> self note: value printString; nil -> nil
      _ :: Integer -> Transcript show: "a number"; cr
    ]

  // Sums are taken over everything that was ever noted.
  report -> String =>
    total := self.items values inject: 0 into: [:sum :each | sum + each * 2 - 1]
    lines := self.items keys collect: [:key |
      "{key}: {self.items at: key}"
    ]
    total > 100
      ifTrue: ["much ({total})"]
      ifFalse: ["little: " ++ (lines join: ", ")]

  note: text :: String -> List(String) =>
    self.log := self.log add: text

`;
}

/** The same class in TypeScript. */
export function typescriptClass(index: number): string {
  return `/** Keeps the stock of shop ${index}: what it holds, what was asked for, what it sold. */
export class Stock${index} extends Actor {
  private items: Map<string, number> = new Map();
  private sold: number = 0;
  private log: string[] = [];
  static opened = 0;

  /** A stock that holds nothing. */
  static open(): Stock${index} {
    this.opened += 1;
    return new this();
  }

  /** How many of a thing there are. */
  count(name: string): number { return this.items.get(name) ?? 0; }

  /** Adds an amount of a thing; answers the new count. */
  add(amount: number, name: string): number {
    if (amount <= 0) throw new Error(\`an amount is positive, got \${amount}\`);
    const now = this.count(name) + amount;
    this.items.set(name, now);
    this.note(\`added \${amount} of \${name}, now \${now}\`);
    return now;
  }

  /** Takes an amount out, where there is as much. // not a comment of its own */
  take(amount: number, name: string): Result<number, string> {
    const have = this.count(name);
    if (have < amount) return Result.error("sold_out");
    this.items.set(name, have - amount);
    this.sold += amount;
    return Result.ok(have - amount);
  }

  handle(message: Message): unknown {
    if (message.kind === "order") return this.take(message.amount, message.name);
    if (message.kind === "delivery" && message.amount > 0) return this.add(message.amount, message.name);
    if (Array.isArray(message)) {
      const [first, ...rest] = message;
      this.handle(first);
      return rest.forEach((each) => this.handle(each));
    }
    switch (message.kind) {
      case "report": return this.report();
      case "ok": return this.note(String(message.value));
      default: return Transcript.show("a number").cr();
    }
  }

  // Sums are taken over everything that was ever noted.
  report(): string {
    const total = [...this.items.values()].reduce((sum, each) => sum + each * 2 - 1, 0);
    const lines = [...this.items.keys()].map((key) => {
      return \`\${key}: \${this.items.get(key)}\`;
    });
    return total > 100
      ? \`much (\${total})\`
      : "little: " + lines.join(", ");
  }

  note(text: string): string[] {
    return this.log = [...this.log, text];
  }
}

`;
}

/** Classes until the text has that many characters. */
export function textOfLength(make: (index: number) => string, length: number): string {
  let text = "";
  for (let i = 0; text.length < length; i++) text += make(i);
  return text;
}

/** Classes until the text has that many lines. */
export function textOfLines(make: (index: number) => string, lines: number): string {
  let text = "";
  for (let i = 0; text.split("\n").length <= lines; i++) text += make(i);
  return text;
}
