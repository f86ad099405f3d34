%% @doc The process behind a future object while it is pending. It waits for an answer or a
%% computation, answers those who have asked, and leaves the result to the store.
-module(beamtalk_future_process).

-export([pending/3, settled/2, running/2, reply_settled/2]).

-define(IDLE, 3600000).
-define(GRACE, 5000).

-type source() :: {reference(), reference(), fun((term()) -> map())}.
-type outcome() :: {resolved, term()} | {rejected, term()}.

%% `source' is the tag of the expected answer, the monitor of who gives it, and what makes an
%% error of that one's death. `Late' makes the error of a limit that has passed.
-spec pending(source(), fun((timeout()) -> map()), beamtalk_send:site()) -> ok.
pending({Tag, _, _} = Source, Late, Site) ->
    Limit = limit(Site),
    _ = is_integer(Limit) andalso erlang:send_after(Limit, self(), {Tag, {error, Late(Limit)}}),
    wait(#{source => Source, site => Site, waiting => [], callbacks => [], worker => none}).

%% The limit of the proxy through which the send went.
limit({'$limit', Limit, _}) -> Limit;
limit(_) -> none.

-spec running(fun(() -> term()), beamtalk_send:site()) -> ok.
running(Fun, Site) ->
    Tag = make_ref(),
    Owner = self(),
    {Worker, Monitor} = spawn_monitor(fun() -> Owner ! {Tag, outcome(Fun)} end),
    Fail = fun(Reason) -> beamtalk_exception:from(exit, Reason, []) end,
    wait(#{source => {Tag, Monitor, Fail}, site => Site, waiting => [], callbacks => [], worker => Worker}).

outcome(Fun) ->
    try
        {ok, Fun()}
    catch
        Class:Reason:Stack ->
            {error, beamtalk_exception:remote(beamtalk_exception:from(Class, Reason, Stack))}
    end.

wait(#{source := {Tag, Monitor, Fail}, waiting := Waiting, callbacks := Callbacks} = State) ->
    receive
        {Tag, {ok, Value}} ->
            settle({resolved, Value}, State);
        {Tag, {error, Exception}} ->
            settle({rejected, Exception}, State);
        {'DOWN', Monitor, _, _, Reason} ->
            settle({rejected, Fail(Reason)}, State);
        {'$bt_future', await, Asker} ->
            wait(State#{waiting := [Asker | Waiting]});
        {'$bt_future', state, Asker} ->
            answer(Asker, pending),
            wait(State);
        {'$bt_future', limit, Asker} ->
            answer(Asker, limit(maps:get(site, State))),
            wait(State);
        {'$bt_future', {callbacks, Resolved, Rejected}, Asker} ->
            answer(Asker, true),
            wait(State#{callbacks := [{Resolved, Rejected} | Callbacks]});
        {'$bt_future', cancel, Asker} ->
            end_worker(State),
            answer(Asker, true),
            settle({rejected, cancelled()}, State)
    end.

cancelled() ->
    beamtalk_exception:make(cancelled, 'Future', cancel, <<"The future was cancelled">>, nil, nil).

end_worker(#{worker := none}) -> ok;
end_worker(#{worker := Worker}) -> exit(Worker, kill).

settle(Outcome, #{source := {_, Monitor, _}, site := Site, waiting := Waiting, callbacks := Callbacks}) ->
    erlang:demonitor(Monitor, [flush]),
    [answer(Asker, Outcome) || Asker <- lists:reverse(Waiting)],
    [run_callback(Outcome, Callback) || Callback <- lists:reverse(Callbacks)],
    Asked = Waiting =/= [] orelse Callbacks =/= [],
    remember(Outcome, Site, Asked orelse is_cancelled(Outcome)).

is_cancelled({rejected, #{kind := cancelled}}) -> true;
is_cancelled(_) -> false.

-spec settled(outcome(), beamtalk_send:site()) -> ok.
settled(Outcome, Site) -> remember(Outcome, Site, false).

%% An error that nobody has asked for after a while is logged, once. Else the process ends: the
%% store answers for it.
remember({rejected, Reason} = Outcome, Site, false) ->
    receive
        {'$bt_future', Question, Asker} ->
            reply(Question, Asker, Outcome),
            remember(Outcome, Site, Question =/= state)
    after ?GRACE ->
        beamtalk_future:log_unawaited(Reason, Site),
        remember(Outcome, Site, true)
    end;
remember(Outcome, _Site, _Asked) ->
    case beamtalk_future_store:put(self(), Outcome) of
        true -> answer_waiting(Outcome, 0);
        false -> answer_waiting(Outcome, ?IDLE)
    end.

%% Who asked in the moment of ending gets the answer as well.
answer_waiting(Outcome, Limit) ->
    receive
        {'$bt_future', Question, Asker} ->
            reply(Question, Asker, Outcome),
            answer_waiting(Outcome, Limit)
    after Limit -> ok
    end.

reply(Question, Asker, Outcome) -> answer(Asker, reply_settled(Question, Outcome)).

%% What a question is answered with when the result is there already.
-spec reply_settled(term(), outcome()) -> term().
reply_settled({callbacks, Resolved, Rejected}, Outcome) ->
    run_callback(Outcome, {Resolved, Rejected}),
    true;
reply_settled(cancel, _Outcome) ->
    false;
reply_settled(_, Outcome) ->
    Outcome.

run_callback({resolved, Value}, {Resolved, _}) -> run_block(Resolved, Value);
run_callback({rejected, Reason}, {_, Rejected}) -> run_block(Rejected, Reason).

run_block(none, _) -> ok;
run_block(Block, _) when is_function(Block, 0) -> spawn(fun() -> guarded(Block, []) end);
run_block(Block, Argument) -> spawn(fun() -> guarded(Block, [local(Argument)]) end).

local(#{stack_trace := {remote, Frames}} = Exception) -> Exception#{stack_trace := Frames};
local(Argument) -> Argument.

guarded(Block, Args) ->
    try
        beamtalk_block:apply(Block, Args)
    catch
        Class:Reason:Stack ->
            Exception = beamtalk_exception:from(Class, Reason, Stack),
            logger:error("A future's callback raised ~ts", [beamtalk_exception:printString(Exception)])
    end.

%% The asker is an alias: it is gone when nobody waits there any more.
answer(Alias, Outcome) -> Alias ! {Alias, Outcome}.
