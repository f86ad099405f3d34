%% @doc All actors that a load concerns, standing still: those that live are told of the change and kept
%% from beginning a message, and from then on no others begin to live until the change is over. One that
%% began with the old data and was not told would run the new code with it.
%%
%% Runs in the process of the load.
-module(beamtalk_workspace_standstill).

-export([reached/2, committed/1, released/1]).

%% How often actors that began while others were told are told as well, before any stands still.
-define(ROUNDS, 3).
%% How long those are waited for that began last, while all others stand still.
-define(MOMENT, 100).

%% @doc The plan with all living actors, and the holds of those, where they stand still; else who was busy
%% for `Limit' milliseconds, or what forbids the change by now.
-spec reached(beamtalk_workspace_change:plan(), pos_integer()) ->
    {ok, beamtalk_workspace_change:plan(), [beamtalk_workspace_hold:hold()]} | {busy, [pid()]} | {refused, map()}.
reached(#{concerned := []} = Plan, _Limit) ->
    {ok, Plan, []};
reached(#{concerned := Concerned} = Plan, Limit) ->
    Deadline = deadline(Limit),
    ok = beamtalk_living_actors:watch(Concerned),
    Nobody = Plan#{actors := #{}},
    case told(Nobody, newcomers(Nobody), [], ?ROUNDS, Limit) of
        {ok, All, Holds} -> closed(All, Holds, Deadline);
        {busy, Busy} -> {busy, Busy}
    end.

%% @doc The change is made: actors go on with their new states, and begin.
-spec committed([beamtalk_workspace_hold:hold()]) -> ok.
committed(Holds) ->
    lists:foreach(fun beamtalk_workspace_hold:commit/1, Holds),
    beamtalk_living_actors:open().

%% @doc There is no change: actors go on as they were.
-spec released([beamtalk_workspace_hold:hold()]) -> ok.
released(Holds) ->
    lists:foreach(fun beamtalk_workspace_hold:release/1, Holds),
    beamtalk_living_actors:open().

%% While all are told of the change, others may begin to live.
told(Plan, New, Holds, Rounds, _Limit) when New =:= []; Rounds =:= 0 ->
    {ok, Plan, Holds};
told(Plan, New, Holds, Rounds, Limit) ->
    case beamtalk_workspace_hold:prepare([Pid || {Pid, _} <- New], Limit) of
        {ok, Hold} ->
            With = with(New, Plan),
            told(With, newcomers(With), Holds ++ [Hold], Rounds - 1, Limit);
        {busy, Busy} ->
            released(Holds),
            {busy, Busy}
    end.

with(New, #{actors := Actors} = Plan) ->
    Plan#{actors := maps:merge(Actors, maps:from_list(New))}.

newcomers(Plan) ->
    beamtalk_workspace_change:newcomers(Plan, beamtalk_actor:living()).

closed(Plan, Holds, Deadline) ->
    case close_each(Holds, [], Deadline) of
        ok -> shut(Plan, Holds, Deadline);
        {busy, Busy} ->
            released(Holds),
            {busy, Busy}
    end.

close_each([], _Closed, _Deadline) ->
    ok;
close_each([Hold | More], Closed, Deadline) ->
    case beamtalk_workspace_hold:close(Hold, left(Deadline)) of
        ok -> close_each(More, [Hold | Closed], Deadline);
        {busy, Busy} ->
            lists:foreach(fun beamtalk_workspace_hold:open/1, Closed),
            {busy, Busy}
    end.

%% Nobody whose message must end waits for an actor that cannot begin, but those that began last may.
shut(#{actors := Actors} = Plan, Holds, Deadline) ->
    case [Each || {Pid, _} = Each <- beamtalk_living_actors:shut(), not is_map_key(Pid, Actors)] of
        [] -> allowed(Plan, Holds);
        New -> last(Plan, New, Holds, Deadline)
    end.

last(Plan, New, Holds, Deadline) ->
    case beamtalk_workspace_hold:prepare([Pid || {Pid, _} <- New], ?MOMENT) of
        {busy, _} -> again(Plan, New, Holds, Deadline);
        {ok, Hold} ->
            case beamtalk_workspace_hold:close(Hold, ?MOMENT) of
                ok -> allowed(with(New, Plan), Holds ++ [Hold]);
                {busy, _} ->
                    beamtalk_workspace_hold:release(Hold),
                    again(Plan, New, Holds, Deadline)
            end
    end.

again(#{concerned := Concerned} = Plan, New, Holds, Deadline) ->
    ok = beamtalk_living_actors:watch(Concerned),
    lists:foreach(fun beamtalk_workspace_hold:open/1, Holds),
    case left(Deadline) of
        0 ->
            released(Holds),
            {busy, [Pid || {Pid, _} <- New]};
        Left ->
            case told(Plan, [Each || {Pid, _} = Each <- New, is_process_alive(Pid)], Holds, 1, Left) of
                {ok, All, More} -> closed(All, More, Deadline);
                {busy, Busy} -> {busy, Busy}
            end
    end.

%% There may be actors now that cannot take what could be taken without them.
allowed(Plan, Holds) ->
    case beamtalk_workspace_change:refusal(Plan) of
        none -> {ok, Plan, Holds};
        Problem ->
            released(Holds),
            {refused, Problem}
    end.

deadline(Limit) ->
    erlang:monotonic_time(millisecond) + Limit.

left(Deadline) ->
    max(0, Deadline - erlang:monotonic_time(millisecond)).
