/**
 * Classes of some size, in Beamtalk and as equal Erlang modules: the same operations on the same
 * data, each in the way that its language says them.
 * @module
 */

/** A Beamtalk class with fourteen methods. */
export function beamtalkClass(number: number): string {
  const name = `Ledger${number}`;
  return `/// Keeps the amounts of account ${number}.
Value subclass: ${name}
  field: owner = "nobody"
  field: amounts = #()

  /// One more amount.
  add: amount => self withAmounts: (self.amounts add: amount)

  total => self.amounts inject: ${number} into: [:sum :each | sum + each]

  biggest => self.amounts inject: 0 into: [:most :each | each > most ifTrue: [each] ifFalse: [most]]

  above: limit => self.amounts select: [:each | each > limit]

  doubled => self.amounts collect: [:each | each * 2]

  count: limit =>
    n := 0
    self.amounts do: [:each | each > limit ifTrue: [n := n + 1]]
    n

  sumTo: n =>
    sum := 0
    1 to: n do: [:i | sum := sum + (i * ${number})]
    sum

  steps: n =>
    count := 0
    rest := n
    [rest > 1] whileTrue: [
      rest := (rest % 2 =:= 0) ifTrue: [rest div: 2] ifFalse: [rest * 3 + 1]
      count := count + 1
    ]
    count

  describe: event => event match: [
    {#deposit, amount} when: [amount > 0] -> "in {amount}"
    {#withdraw, amount} -> "out {amount}"
    #close -> "closed"
    _ -> "unknown"
  ]

  safely: divisor => [100 / divisor] on: ZeroDivide do: [:e | 0]

  title => "{self.owner} has {self.amounts size} amounts"

  grade: points =>
    points > 90 ifTrue: [^#best]
    points > 50 ifTrue: [^#good]
    #poor

  average => self.amounts isEmpty ifTrue: [0] ifFalse: [self total / self.amounts size]

  summary => #{#total => self total, #biggest => self biggest, #average => self average}
`;
}

/** A Beamtalk class of 2,000 lines; `statement` makes one line of each method. */
export function bigClass(statement: (index: number) => string): string {
  const lines = ["Actor subclass: Big", "  state: value :: Integer = 0"];
  for (let index = 0; lines.length < 2000; index++) {
    lines.push(
      "",
      `  method${index}: list with: other =>`,
      "    total := 0",
      "    list do: [:each |",
      "      each isNil ifTrue: [^ nil]",
      `      total := total + (each size * ${index})`,
      "    ]",
      "    self.value += total",
      `    ${statement(index)}`,
      '    "total {total} of {list size}" printString size',
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The Erlang module that does the same. */
export function erlangModule(number: number): string {
  const exports = [
    ...["new/0", "add/2", "total/1", "biggest/1", "above/2", "doubled/1", "count/2", "sum_to/2"],
    ...["steps/2", "describe/2", "safely/2", "title/1", "grade/2", "average/1", "summary/1"],
  ].join(", ");
  return `-module(ledger${number}).
-export([${exports}]).

new() -> #{class => ledger${number}, owner => <<"nobody">>, amounts => []}.

add(#{amounts := Amounts} = Self, Amount) -> Self#{amounts := Amounts ++ [Amount]}.

total(#{amounts := Amounts}) -> lists:foldl(fun(Each, Sum) -> Sum + Each end, ${number}, Amounts).

biggest(#{amounts := Amounts}) ->
    lists:foldl(fun(Each, Most) -> case Each > Most of true -> Each; false -> Most end end, 0, Amounts).

above(#{amounts := Amounts}, Limit) -> lists:filter(fun(Each) -> Each > Limit end, Amounts).

doubled(#{amounts := Amounts}) -> lists:map(fun(Each) -> Each * 2 end, Amounts).

count(#{amounts := Amounts}, Limit) ->
    lists:foldl(fun(Each, N) -> case Each > Limit of true -> N + 1; false -> N end end, 0, Amounts).

sum_to(_Self, N) -> sum_to(1, N, 0).
sum_to(I, N, Sum) when I > N -> Sum;
sum_to(I, N, Sum) -> sum_to(I + 1, N, Sum + (I * ${number})).

steps(_Self, N) -> steps(N, 0, go).
steps(Rest, Count, go) when Rest > 1 ->
    Next = case Rest rem 2 =:= 0 of true -> Rest div 2; false -> Rest * 3 + 1 end,
    steps(Next, Count + 1, go);
steps(_Rest, Count, go) -> Count.

describe(_Self, Event) ->
    case Event of
        {deposit, Amount} when Amount > 0 -> <<"in ", (text(Amount))/binary>>;
        {withdraw, Amount} -> <<"out ", (text(Amount))/binary>>;
        close -> <<"closed">>;
        _ -> <<"unknown">>
    end.

safely(_Self, Divisor) ->
    try 100 / Divisor catch error:badarith -> 0 end.

title(#{owner := Owner, amounts := Amounts}) ->
    <<Owner/binary, " has ", (text(length(Amounts)))/binary, " amounts">>.

grade(_Self, Points) ->
    if Points > 90 -> best; Points > 50 -> good; true -> poor end.

average(#{amounts := []}) -> 0;
average(#{amounts := Amounts} = Self) -> total(Self) / length(Amounts).

summary(Self) ->
    #{total => total(Self), biggest => biggest(Self), average => average(Self)}.

text(Number) -> integer_to_binary(Number).
`;
}
