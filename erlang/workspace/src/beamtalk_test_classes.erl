%% @doc Primitives of `TestRunner': runs test classes from Beamtalk code and answers a `TestResult'.
%% The class argument comes first and is not looked at.
-module(beamtalk_test_classes).

-export([run_all/1, run_all/2, run/2, run/3]).

%% All test classes, one after the other.
-spec run_all(term()) -> map().
run_all(_) -> timed(fun() -> [run_class(M) || M <- test_classes()] end).

%% All test classes, so many at a time; those that ask for it run alone, after the others.
-spec run_all(term(), term()) -> map().
run_all(_, Jobs) ->
    Limit = beamtalk_check:positive(Jobs, 'TestRunner', 'runAll:'),
    {Serial, Others} = lists:partition(fun beamtalk_test_runner:is_serial/1, test_classes()),
    timed(fun() ->
        Together = beamtalk_collection:'parallelList:block:limit:'(nil, Others, fun run_class/1, Limit),
        Together ++ [run_class(M) || M <- Serial]
    end).

test_classes() ->
    Base = 'bt@stdlib@TestCase',
    [M || M <- beamtalk_registry:classes(), M =/= Base, beamtalk_class:inherits(M, Base)].

%% The tests of one class or of the classes of a list.
-spec run(term(), term()) -> map().
run(_, {'$class', Module}) -> timed(fun() -> [run_class(checked(Module))] end);
run(_, Classes) ->
    List = beamtalk_check:elements(Classes, 'TestRunner', 'run:'),
    timed(fun() -> [run_class(module_of(C)) || C <- List] end).

%% One test of a class.
-spec run(term(), term(), term()) -> map().
run(_, Class, Selector) ->
    Module = module_of(Class),
    Test = beamtalk_check:symbol(Selector, 'TestRunner', 'run:method:'),
    case lists:member(Test, beamtalk_test_runner:tests_of(Module)) of
        true -> timed(fun() -> [{Module, beamtalk_test_runner:run(Module, [Test], #{})}] end);
        false -> unknown(Module, Test)
    end.

-spec unknown(module(), atom()) -> no_return().
unknown(Module, Test) ->
    Shown = [atom_to_binary(beamtalk_class:name(Module)), " has no test ", atom_to_binary(Test)],
    beamtalk_check:not_found('TestRunner', 'run:method:', Shown).

module_of({'$class', Module}) -> checked(Module);
module_of(Other) ->
    beamtalk_exception:type_error('TestRunner', 'run:', <<"a TestCase class">>, Other).

checked(Module) ->
    case beamtalk_class:inherits(Module, 'bt@stdlib@TestCase') of
        true -> Module;
        false -> beamtalk_exception:type_error('TestRunner', 'run:', <<"a TestCase class">>, {'$class', Module})
    end.

run_class(Module) ->
    {Module, beamtalk_test_runner:run(Module, beamtalk_test_runner:tests_of(Module), #{})}.

timed(Fun) ->
    Start = erlang:monotonic_time(millisecond),
    Outcomes = Fun(),
    beamtalk_test_result:of_outcomes(Outcomes, erlang:monotonic_time(millisecond) - Start).
