%% @doc Primitives of the class TestResult: the outcomes of tests and counts of them. Pure.
-module(beamtalk_test_result).

-export([make/2]).
-export([passed/1, failed/1, errors/1, skipped/1, total/1, duration/1, failures/1]).
-export([hasPassed/1, printString/1]).

%% @doc A TestResult of outcomes, each with its `class', and of microseconds.
-spec make([map()], non_neg_integer()) -> map().
make(Outcomes, Microseconds) ->
    #{'__class__' => 'bt@stdlib@TestResult', outcomes => Outcomes, microseconds => Microseconds}.

-spec passed(map()) -> non_neg_integer().
passed(Self) -> count(passed, Self).

-spec failed(map()) -> non_neg_integer().
failed(Self) -> count(failed, Self).

-spec errors(map()) -> non_neg_integer().
errors(Self) -> count(error, Self).

-spec skipped(map()) -> non_neg_integer().
skipped(Self) -> count(skipped, Self).

-spec total(map()) -> non_neg_integer().
total(#{outcomes := Outcomes}) -> length(Outcomes).

%% Seconds.
-spec duration(map()) -> float().
duration(#{microseconds := Microseconds}) -> Microseconds / 1000000.

-spec failures(map()) -> [map()].
failures(#{outcomes := Outcomes}) ->
    [maps:with([class, test, kind, message, file, line], Outcome)
     || #{status := Status} = Outcome <- Outcomes, Status =:= failed orelse Status =:= error].

-spec hasPassed(map()) -> boolean().
hasPassed(Self) -> failures(Self) =:= [].

%% `3 tests, 3 passed, 0 failed (12ms)'; errors and skipped tests where there are any.
-spec printString(map()) -> binary().
printString(#{microseconds := Microseconds} = Self) ->
    Counts = [plural(total(Self), "test"), number(passed(Self), "passed"), number(failed(Self), "failed")]
        ++ [plural(N, "error") || N <- [errors(Self)], N > 0]
        ++ [number(N, "skipped") || N <- [skipped(Self)], N > 0],
    Time = integer_to_list(round(Microseconds / 1000)),
    unicode:characters_to_binary([lists:join(", ", Counts), " (", Time, "ms)"]).

number(Count, Word) -> [integer_to_list(Count), " ", Word].

plural(1, Word) -> number(1, Word);
plural(Count, Word) -> number(Count, [Word, "s"]).

count(Status, #{outcomes := Outcomes}) ->
    length([ok || #{status := S} <- Outcomes, S =:= Status]).
