%% @doc Holds living actors between two messages while their class changes, and hands each its new
%% state. One system message an actor: it answers that it is held and waits, computes its new state
%% when asked, and goes on with the new state at `commit' or the old one at `release'. If the
%% process that holds it dies, it goes on as it was.
%%
%% All functions run in the process of the load; `stand/3' runs in the actor.
-module(beamtalk_workspace_hold).

%% The tag of a call is an improper list, as OTP writes it.
-dialyzer(no_improper_lists).

-export([hold/2, migrate/3, commit/1, release/1, held/1]).

-export_type([hold/0]).

-opaque hold() :: {reference(), #{pid() => reference()}}.

%% Pauses between attempts, so that actors that wait for one another can finish.
-define(FIRST_ATTEMPT, 200).
-define(PAUSE, 20).
-define(ANSWERS_A_MILLISECOND, 30).

%% @doc Holds all the processes, or none of them if some stay busy for `Limit' milliseconds.
-spec hold([pid()], pos_integer()) -> {ok, hold()} | {busy, [pid()]}.
hold(Pids, Limit) ->
    %% Many actors need time for answering even where none is busy.
    Many = length(Pids) div ?ANSWERS_A_MILLISECOND,
    attempt(Pids, ?FIRST_ATTEMPT + Many, deadline(Limit + 4 * Many)).

attempt(Pids, Wait, Deadline) ->
    Reference = make_ref(),
    Monitors = maps:from_list([{Pid, request(Pid, Reference)} || Pid <- Pids]),
    case collect(Reference, held, Monitors, deadline(min(Wait, left(Deadline)))) of
        {Held, [], Gone, []} ->
            {ok, {Reference, maps:without(Gone, maps:with(Held ++ Gone, Monitors))}};
        {_, Busy, Gone, []} ->
            release({Reference, maps:without(Gone, Monitors)}),
            retry(Pids -- Gone, Busy, Wait, Deadline)
    end.

retry(Pids, Busy, Wait, Deadline) ->
    case left(Deadline) of
        0 -> {busy, Busy};
        Left ->
            timer:sleep(min(?PAUSE, Left)),
            attempt(Pids, Wait * 2, Deadline)
    end.

request(Pid, Reference) ->
    Monitor = monitor(process, Pid),
    Holder = self(),
    Stand = fun(State) -> stand(Holder, Reference, State) end,
    %% The answer of the system message is a copy of the state: the alias of nobody drops it.
    Pid ! {system, {Holder, [alias | make_ref()]}, {replace_state, Stand}},
    Monitor.

stand(Holder, Reference, State) ->
    Monitor = monitor(process, Holder),
    Holder ! {Reference, held, self()},
    Next = wait(Holder, Reference, Monitor, State, State),
    demonitor(Monitor, [flush]),
    Next.

wait(Holder, Reference, Monitor, Old, New) ->
    receive
        {Reference, migrate, Function} ->
            {Answer, Computed} = compute(Function, Old),
            Holder ! {Reference, Answer, self()},
            wait(Holder, Reference, Monitor, Old, Computed);
        {Reference, commit} -> New;
        {Reference, release} -> Old;
        {'DOWN', Monitor, process, Holder, _} -> Old
    end.

compute(Function, Old) ->
    put('$bt_held', true),
    try Function(Old) of
        New -> {migrated, New}
    catch
        Class:Reason:Stack -> {{failed, Class, Reason, Stack}, Old}
    after
        erase('$bt_held')
    end.

%% @doc Has every held actor compute its new state; answers the actors that could not, with the
%% error of each, or those that gave no answer in time.
-spec migrate(hold(), fun((map()) -> map()), pos_integer()) ->
    ok | {failed, [{pid(), {error | exit | throw, term(), list()}}]} | {busy, [pid()]}.
migrate({Reference, Monitors}, Function, Limit) ->
    _ = [Pid ! {Reference, migrate, Function} || Pid <- maps:keys(Monitors)],
    case collect(Reference, migrated, Monitors, deadline(Limit)) of
        {_, [], _, []} -> ok;
        {_, _, _, [_ | _] = Failed} -> {failed, Failed};
        {_, Busy, _, []} -> {busy, Busy}
    end.

%% @doc Lets the actors go on with their new states.
-spec commit(hold()) -> ok.
commit(Hold) ->
    tell(Hold, commit).

%% @doc Lets the actors go on with the states that they had.
-spec release(hold()) -> ok.
release(Hold) ->
    tell(Hold, release).

%% @doc The held actors.
-spec held(hold()) -> [pid()].
held({_, Monitors}) ->
    maps:keys(Monitors).

tell({Reference, Monitors}, What) ->
    maps:foreach(
        fun(Pid, Monitor) ->
            demonitor(Monitor, [flush]),
            Pid ! {Reference, What}
        end,
        Monitors).

%% Answers those that said `Word', those that said nothing, those that died, and those that failed.
collect(Reference, Word, Monitors, Deadline) ->
    collect(Reference, Word, Monitors, Deadline, [], [], []).

collect(_, _, Waiting, _, Done, Gone, Failed) when map_size(Waiting) =:= 0 ->
    {Done, [], Gone, Failed};
collect(Reference, Word, Waiting, Deadline, Done, Gone, Failed) ->
    receive
        {Reference, Word, Pid} ->
            collect(Reference, Word, maps:remove(Pid, Waiting), Deadline, [Pid | Done], Gone, Failed);
        {Reference, {failed, Class, Reason, Stack}, Pid} ->
            collect(Reference, Word, maps:remove(Pid, Waiting), Deadline, Done, Gone,
                    [{Pid, {Class, Reason, Stack}} | Failed]);
        {Other, held, Pid} when Other =/= Reference ->
            %% The answer to an attempt that is over: were it left, every receive would pass it.
            Pid ! {Other, release},
            collect(Reference, Word, Waiting, Deadline, Done, Gone, Failed);
        {'DOWN', Monitor, process, Pid, _} when map_get(Pid, Waiting) =:= Monitor ->
            collect(Reference, Word, maps:remove(Pid, Waiting), Deadline, Done, [Pid | Gone], Failed)
    after left(Deadline) ->
        {Done, maps:keys(Waiting), Gone, Failed}
    end.

deadline(Milliseconds) ->
    erlang:monotonic_time(millisecond) + Milliseconds.

left(Deadline) ->
    max(0, Deadline - erlang:monotonic_time(millisecond)).
