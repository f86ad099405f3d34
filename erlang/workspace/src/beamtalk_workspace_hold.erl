%% @doc The living actors of a class while it changes, all or none of them: first each is told, one after
%% the other and while they go on working (`prepare/2'); then all are kept from beginning a message,
%% which takes as long as the messages under way (`close/2'); then the code becomes other. New states
%% that can fail are computed now (`migrate/3'); those that cannot, when the change is committed, by
%% each actor for itself. At `commit/1' or `release/1' they go on.
%%
%% All functions run in the process of the load; the actor's part is `beamtalk_actor_turn'. If the
%% process of the load dies, the actors go on as they were.
-module(beamtalk_workspace_hold).

%% The tag of a call is an improper list, as OTP writes it.
-dialyzer(no_improper_lists).

-export([prepare/2, close/2, open/1, migrate/3, commit/1, release/1, held/1]).

-export_type([hold/0]).

-record(hold, {reference :: reference(), flags :: atomics:atomics_ref(),
               slots :: #{pid() => pos_integer()},
               %% The same the other way round; the first slot is that of the change.
               pids :: tuple()}).

-opaque hold() :: #hold{}.

-define(OPEN, 0).
-define(CLOSED, 1).
-define(COMMITTED, 2).
-define(ABORTED, 3).
-define(BUSY, 1).

%% How long messages under way are waited for at first, and the pause between attempts.
-define(FIRST_ATTEMPT, 50).
-define(PAUSE, 20).
-define(ANSWERS_A_MILLISECOND, 30).

%% @doc Tells the actors of the change; they go on working. `busy' are those that were not between two
%% messages for `Limit' milliseconds.
-spec prepare([pid()], pos_integer()) -> {ok, hold()} | {busy, [pid()]}.
prepare(Pids, Limit) ->
    Size = length(Pids) + 1,
    Slots = maps:from_list(lists:zip(Pids, lists:seq(2, Size))),
    Hold = #hold{reference = make_ref(), flags = atomics:new(Size, []), slots = Slots,
                 pids = list_to_tuple([none | Pids])},
    ask_each(Hold, fun taking_part/3),
    %% Many actors need time for answering even where none is busy.
    case collect(Hold#hold.reference, prepared, Slots, deadline(Limit + length(Pids) div ?ANSWERS_A_MILLISECOND)) of
        {[], _} -> {ok, Hold};
        {Busy, _} -> release(Hold), {busy, Busy}
    end.

taking_part(Slot, #hold{reference = Reference, flags = Flags}, Holder) ->
    fun(State) ->
        Settled = beamtalk_actor_turn:take_part({Reference, Holder, Flags, Slot}, State),
        Holder ! {Reference, prepared, self()},
        Settled
    end.

%% The answer of the system message is a copy of the state: the alias of nobody drops it.
ask_each(#hold{reference = Reference, slots = Slots} = Hold, Make) ->
    Holder = self(),
    maps:foreach(
        fun(Pid, Slot) ->
            Pid ! {system, {Holder, [alias | Reference]}, {replace_state, Make(Slot, Hold, Holder)}}
        end,
        Slots).

%% @doc Waits until no actor works on a message, and keeps all from beginning one; `busy' where some
%% work on for `Limit' milliseconds. Actors that wait for one another are let go on in between.
-spec close(hold(), pos_integer()) -> ok | {busy, [pid()]}.
close(Hold, Limit) ->
    close(Hold, ?FIRST_ATTEMPT, deadline(Limit)).

close(#hold{flags = Flags, pids = Pids} = Hold, Wait, Deadline) ->
    atomics:put(Flags, 1, ?CLOSED),
    case drain(Hold, working(tuple_size(Pids), Flags, Pids), [], deadline(min(Wait, left(Deadline)))) of
        {[], _} -> ok;
        {Busy, Standing} ->
            atomics:put(Flags, 1, ?OPEN),
            wake(Hold, Standing),
            case left(Deadline) of
                0 -> {busy, [Pid || {Pid, _} <- Busy]};
                Left ->
                    timer:sleep(min(?PAUSE, Left)),
                    close(Hold, Wait * 2, Deadline)
            end
    end.

%% @doc Lets the actors go on as they are; they still take part.
-spec open(hold()) -> ok.
open(#hold{flags = Flags} = Hold) ->
    atomics:put(Flags, 1, ?OPEN),
    wake(Hold, []).

%% All actors are looked at, in no time that matters: each stands still meanwhile.
working(1, _Flags, _Pids) ->
    [];
working(Slot, Flags, Pids) ->
    case atomics:get(Flags, Slot) of
        ?BUSY -> [{element(Slot, Pids), Slot} | working(Slot - 1, Flags, Pids)];
        _ -> working(Slot - 1, Flags, Pids)
    end.

working(Each, Flags) ->
    [One || {Pid, Slot} = One <- Each, atomics:get(Flags, Slot) =:= ?BUSY, is_process_alive(Pid)].

%% Who was asked to stand for the sake of one that works on is let through: that one waits for it.
drain(_Hold, [], Standing, _Deadline) ->
    {[], Standing};
drain(#hold{reference = Reference, flags = Flags, slots = Slots} = Hold, Busy, Standing, Deadline) ->
    receive
        {Reference, standing, Pid, Chain} ->
            case lists:any(fun(Each) -> lists:keymember(Each, 1, Busy) end, Chain) of
                true ->
                    Slot = map_get(Pid, Slots),
                    atomics:put(Flags, Slot, ?BUSY),
                    Pid ! {'$bt_turn', Reference, pass},
                    drain(Hold, [{Pid, Slot} | Busy], Standing, Deadline);
                false -> drain(Hold, Busy, [Pid | Standing], Deadline)
            end
    after min(1, left(Deadline)) ->
        case {working(Busy, Flags), left(Deadline)} of
            {[_ | _] = Still, 0} -> {Still, Standing};
            {Still, _} -> drain(Hold, Still, Standing, Deadline)
        end
    end.

wake(#hold{reference = Reference}, Standing) ->
    _ = [Pid ! {'$bt_turn', Reference, look} || Pid <- Standing ++ standing(Reference)],
    ok.

standing(Reference) ->
    receive {Reference, standing, Pid, _} -> [Pid | standing(Reference)]
    after 0 -> []
    end.

%% @doc Has every actor compute its new state; answers the actors that could not, with the error of
%% each, or those that gave no answer in time.
-spec migrate(hold(), fun((map()) -> map()), pos_integer()) ->
    ok | {failed, [{pid(), {error | exit | throw, term(), list()}}]} | {busy, [pid()]}.
migrate(#hold{reference = Reference, slots = Slots} = Hold, Function, Limit) ->
    ask_each(Hold, fun(_Slot, _Hold, Holder) ->
        fun(State) -> Holder ! {Reference, compute(Reference, Function, State), self()}, State end
    end),
    case collect(Reference, migrated, Slots, deadline(Limit)) of
        {[], []} -> ok;
        {_, [_ | _] = Failed} -> {failed, Failed};
        {Busy, []} -> {busy, Busy}
    end.

compute(Reference, Function, Old) ->
    put('$bt_held', true),
    try beamtalk_actor_turn:computed(Reference, Function(Old)) of
        ok -> migrated
    catch
        Class:Reason:Stack -> {failed, Class, Reason, Stack}
    after
        erase('$bt_held')
    end.

%% @doc Lets the actors go on with their new states.
-spec commit(hold()) -> ok.
commit(Hold) ->
    tell(Hold, ?COMMITTED).

%% @doc Lets the actors go on with the states that they had.
-spec release(hold()) -> ok.
release(Hold) ->
    tell(Hold, ?ABORTED).

%% Who is sent nothing takes on its new state all the same.
tell(#hold{flags = Flags, reference = Reference} = Hold, How) ->
    atomics:put(Flags, 1, How),
    wake(Hold, []),
    Settle = fun beamtalk_actor_turn:settle/1,
    ask_each(Hold, fun(_Slot, _Hold, _Holder) -> Settle end),
    _ = standing(Reference),
    ok.

%% @doc The actors that take part.
-spec held(hold()) -> [pid()].
held(#hold{slots = Slots}) ->
    maps:keys(Slots).

%% Answers those that said nothing and live, and those that failed.
collect(Reference, Word, Slots, Deadline) ->
    collect(Reference, Word, Slots, Deadline, []).

collect(_, _, Waiting, _, Failed) when map_size(Waiting) =:= 0 ->
    {[], Failed};
collect(Reference, Word, Waiting, Deadline, Failed) ->
    receive
        {Reference, Word, Pid} ->
            collect(Reference, Word, maps:remove(Pid, Waiting), Deadline, Failed);
        {Reference, {failed, Class, Reason, Stack}, Pid} ->
            collect(Reference, Word, maps:remove(Pid, Waiting), Deadline, [{Pid, {Class, Reason, Stack}} | Failed])
    after min(?PAUSE, left(Deadline)) ->
        Living = maps:filter(fun(Pid, _) -> is_process_alive(Pid) end, Waiting),
        case left(Deadline) of
            0 -> {maps:keys(Living), Failed};
            _ -> collect(Reference, Word, Living, Deadline, Failed)
        end
    end.

deadline(Milliseconds) ->
    erlang:monotonic_time(millisecond) + Milliseconds.

left(Deadline) ->
    max(0, Deadline - erlang:monotonic_time(millisecond)).
