%% @doc What `ensure:' and `ifCurtailed:' run when code is stopped from outside: an evaluation that is
%% interrupted, a test at its time limit.
%%
%% Erlang can end a process but not raise an error in it. So a process that somebody may stop keeps the
%% blocks that are still to run, innermost first, in its dictionary; all others pay for one look there.
%% Who stops it suspends it and runs the blocks in a process of its own, with the dictionary, and so the
%% variables, of the one that is stopped. That one lives on until then, since files, tables and
%% monitors go with it. Where it is in the middle of such a block, it first runs that to its end.
-module(beamtalk_unwind).

-export([expected/0, entered/1, left/1, completed/0, take_over/1, stop/2]).

-define(BLOCKS, '$bt_unwinding').

%% @doc The calling process may be stopped.
-spec expected() -> ok.
expected() ->
    _ = put(?BLOCKS, []),
    ok.

%% @doc A protected part begins, after which the block is to run.
-spec entered(fun()) -> ok.
entered(Block) ->
    case get(?BLOCKS) of
        undefined -> ok;
        Blocks -> _ = put(?BLOCKS, [Block | Blocks]), ok
    end.

%% @doc The protected part has ended: its block runs now.
-spec left(fun()) -> term().
left(Block) ->
    case get(?BLOCKS) of
        [_ | Rest] ->
            _ = put(?BLOCKS, [runs | Rest]),
            try beamtalk_block:apply(Block, [])
            after
                _ = put(?BLOCKS, Rest),
                lists:member(runs, Rest) orelse stop_if_asked()
            end;
        _ -> beamtalk_block:apply(Block, [])
    end.

%% @doc The protected part has ended, and its block is not to run.
-spec completed() -> ok.
completed() ->
    case get(?BLOCKS) of
        [_ | Rest] -> _ = put(?BLOCKS, Rest), ok;
        _ -> ok
    end.

stop_if_asked() ->
    receive
        {?MODULE, stop, From, Reference} ->
            From ! {Reference, get()},
            receive after infinity -> ok end
    after 0 -> ok
    end.

%% @doc Ends a process in favour of the calling one, which gets its dictionary and runs its blocks.
%% Answers the errors of these. Who ends the caller meanwhile ends the process first, since it would go on.
-spec take_over(pid()) -> [{error | exit | throw, term(), [term()]}].
take_over(Pid) ->
    try suspended(Pid) of
        Dictionary ->
            maps:foreach(fun(Key, Value) -> put(Key, Value) end, maps:from_list(Dictionary)),
            Errors = run(proplists:get_value(?BLOCKS, Dictionary, [])),
            exit(Pid, kill),
            Errors
    catch
        %% It has ended by itself.
        error:badarg -> []
    end.

suspended(Pid) ->
    true = erlang:suspend_process(Pid),
    Dictionary = case process_info(Pid, dictionary) of
        {dictionary, Known} -> Known;
        undefined -> []
    end,
    case lists:member(runs, proplists:get_value(?BLOCKS, Dictionary, [])) of
        false -> Dictionary;
        true -> after_block(Pid)
    end.

after_block(Pid) ->
    Reference = monitor(process, Pid),
    Pid ! {?MODULE, stop, self(), Reference},
    true = erlang:resume_process(Pid),
    receive
        {Reference, Dictionary} -> demonitor(Reference, [flush]), Dictionary;
        {'DOWN', Reference, process, Pid, _} -> []
    end.

run([]) -> [];
run([Block | Rest]) ->
    _ = put(?BLOCKS, Rest),
    try beamtalk_block:apply(Block, []) of
        _ -> run(Rest)
    catch
        Class:Reason:Stack -> [{Class, Reason, Stack} | run(Rest)]
    end.

%% @doc Ends a process after its blocks have run, by force where they take longer than so many milliseconds.
-spec stop(pid(), non_neg_integer()) -> ok.
stop(Pid, Limit) ->
    Leader = process_info(Pid, group_leader),
    {Other, Monitor} = spawn_monitor(fun() ->
        _ = [group_leader(Of, self()) || {group_leader, Of} <- [Leader]],
        take_over(Pid)
    end),
    receive
        {'DOWN', Monitor, process, Other, _} -> ok
    after Limit ->
        demonitor(Monitor, [flush]),
        exit(Pid, kill),
        exit(Other, kill)
    end,
    Ended = monitor(process, Pid),
    exit(Pid, kill),
    receive {'DOWN', Ended, process, Pid, _} -> ok end.
