%% @doc Primitives of `TestResult': the outcomes of tests, by class.
-module(beamtalk_test_result).

-export([of_outcomes/2]).
-export([passed/1, failed/1, errors/1, skipped/1, total/1, duration/1, failures/1, hasPassed/1]).
-export([printString/1]).

-type result() :: #{'__class__' := module(), outcomes := [{module(), [map()]}], duration := integer()}.

%% The result of classes with the outcomes of their tests, which took so many milliseconds.
-spec of_outcomes([{module(), [map()]}], integer()) -> result().
of_outcomes(Outcomes, Milliseconds) ->
    #{'__class__' => 'bt@stdlib@TestResult', outcomes => Outcomes, duration => Milliseconds}.

count(#{outcomes := Classes}, Status) ->
    length([ok || {_, Outcomes} <- Classes, #{status := S} <- Outcomes, S =:= Status]).

-spec passed(result()) -> non_neg_integer().
passed(Self) -> count(Self, passed).

-spec failed(result()) -> non_neg_integer().
failed(Self) -> count(Self, failed).

-spec errors(result()) -> non_neg_integer().
errors(Self) -> count(Self, error).

-spec skipped(result()) -> non_neg_integer().
skipped(Self) -> count(Self, skipped).

-spec total(result()) -> non_neg_integer().
total(#{outcomes := Classes}) -> lists:sum([length(Outcomes) || {_, Outcomes} <- Classes]).

-spec duration(result()) -> float().
duration(#{duration := Milliseconds}) -> Milliseconds / 1000.

-spec failures(result()) -> [map()].
failures(#{outcomes := Classes}) ->
    [
        maps:put(class, beamtalk_class:name(Module), maps:with([test, status, message, kind, file, line], Outcome))
     || {Module, Outcomes} <- Classes,
        #{status := Status} = Outcome <- Outcomes,
        Status =:= failed orelse Status =:= error
    ].

-spec hasPassed(result()) -> boolean().
hasPassed(Self) -> failed(Self) + errors(Self) =:= 0.

%% `3 tests, 3 passed, 0 failed (12ms)': what raised counts as failed; errors and skips are told
%% where there are any. The line about one class begins with its name.
-spec printString(result()) -> binary().
printString(#{outcomes := Classes, duration := Milliseconds} = Self) ->
    Line = io_lib:format("~ts~b tests, ~b passed, ~b failed~ts (~bms)", [
        prefix(Classes), total(Self), passed(Self), failed(Self) + errors(Self), more(skipped(Self)), Milliseconds
    ]),
    unicode:characters_to_binary(Line).

prefix([{Module, _}]) -> [atom_to_binary(beamtalk_class:name(Module)), ": "];
prefix(_) -> "".

more(0) -> "";
more(Skipped) -> io_lib:format(", ~b skipped", [Skipped]).
