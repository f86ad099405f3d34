-module(beamtalk_collection_tests).
-include_lib("eunit/include/eunit.hrl").

parallel_test_() ->
    beamtalk_stand_in:started([
        {"values come in the order of the elements", fun in_order/0},
        {"an error ends what still runs, and is raised", fun error_ends_the_others/0},
        {"so does the end of a process", fun killed_ends_the_others/0}
    ]).

parallel(List, Block) -> beamtalk_collection:'parallelList:block:limit:'(nil, List, Block, 8).

in_order() ->
    ?assertEqual([2, 4, 6], parallel([1, 2, 3], fun(X) -> X * 2 end)).

error_ends_the_others() ->
    ?assertMatch({error, #{kind := erlang_error}}, others_end(fun() -> error(no) end)).

killed_ends_the_others() ->
    ?assertEqual({exit, killed}, others_end(fun() -> exit(self(), kill) end)).

%% One of two processes waits for ever; the other does what is given once both are known.
others_end(Fail) ->
    Test = self(),
    Block = fun(Which) ->
        Test ! {Which, self()},
        receive go -> Fail() end
    end,
    spawn(fun() -> Test ! {answered, caught(fun() -> parallel([waits, fails], Block) end)} end),
    Waiting = receive {waits, Pid} -> monitor(process, Pid) end,
    receive {fails, Failing} -> Failing ! go end,
    Answer = receive {answered, Answered} -> Answered end,
    receive {'DOWN', Waiting, process, _, Reason} -> ?assertEqual(killed, Reason) end,
    Answer.

caught(Fun) ->
    try Fun()
    catch Class:Reason -> {Class, Reason}
    end.
