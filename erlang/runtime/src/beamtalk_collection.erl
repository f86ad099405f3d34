%% @doc Primitives of `Collection': raising for an empty one, and mapping in parallel.
-module(beamtalk_collection).

-export(['raiseEmpty:'/2, 'raiseNotFound:'/2, raise_empty/2, 'parallelList:block:limit:'/4]).

-spec 'raiseEmpty:'(term(), atom()) -> no_return().
'raiseEmpty:'(Self, Selector) -> beamtalk_check:empty(class_name(Self), Selector).

-spec raise_empty(term(), atom()) -> no_return().
raise_empty(Self, Selector) -> 'raiseEmpty:'(Self, Selector).

-spec 'raiseNotFound:'(term(), atom()) -> no_return().
'raiseNotFound:'(Self, Selector) ->
    beamtalk_check:not_found(class_name(Self), Selector, <<"no such element">>).

class_name(Self) -> beamtalk_class:class_name(Self).

%% Each element in a process of its own, so many at a time, the values in the order of the elements.
%% What the block raises for one element is raised here, and the processes that still run end.
-spec 'parallelList:block:limit:'(term(), list(), term(), term()) -> list().
'parallelList:block:limit:'(_, List, Block, Limit) ->
    F = beamtalk_check:block(Block, 1, 'Collection', 'parallelCollect:'),
    N = beamtalk_check:positive(Limit, 'Collection', 'parallelCollect:maxConcurrency:'),
    {Now, Later} = lists:split(min(N, length(List)), List),
    collect(maps:from_list([start(F, X, I) || {I, X} <- enumerate(Now)]), Later, length(Now) + 1, F, #{}).

enumerate(List) -> lists:zip(lists:seq(1, length(List)), List).

start(F, X, Index) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit(outcome(F, X)) end),
    {Monitor, {Pid, Index}}.

outcome(F, X) ->
    try {value, F(X)}
    catch Class:Reason:Stack -> {raised, beamtalk_exception:from(Class, Reason, Stack)}
    end.

collect(Running, [], _, _, Done) when map_size(Running) =:= 0 ->
    [Value || {_, Value} <- lists:sort(maps:to_list(Done))];
collect(Running, Later, Next, F, Done) ->
    receive
        {'DOWN', Monitor, process, _, Outcome} when is_map_key(Monitor, Running) ->
            {{_, Index}, Rest} = maps:take(Monitor, Running),
            Value = value(Outcome, Rest),
            {Started, Waiting} = start_next(Rest, Later, Next, F),
            collect(Started, Waiting, Next + length(Later) - length(Waiting), F, Done#{Index => Value})
    end.

start_next(Running, [], _, _) -> {Running, []};
start_next(Running, [X | Later], Next, F) ->
    {Monitor, Started} = start(F, X, Next),
    {Running#{Monitor => Started}, Later}.

value({value, Value}, _) -> Value;
value({raised, Exception}, Running) ->
    end_all(Running),
    beamtalk_block:raise_answer(Exception);
value(Reason, Running) ->
    end_all(Running),
    erlang:exit(Reason).

end_all(Running) ->
    maps:foreach(
        fun(Monitor, {Pid, _}) ->
            erlang:demonitor(Monitor, [flush]),
            exit(Pid, kill)
        end,
        Running
    ).
