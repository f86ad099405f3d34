%% @doc Stops tests and evaluations that would take the memory of the machine: recursion without
%% end, collections that grow for ever. Watched is a process with all that share its group leader,
%% as what it spawns does.
%%
%% The emulator's own limit of a heap comes late, since the last collections of a big heap take
%% seconds, and knows neither binaries nor the processes beside. So the memory of the node is looked
%% at several times a second while something is watched, and the processes only where it has grown.
-module(beamtalk_workspace_memory).
-behaviour(gen_server).

-export([start_link/0, watch/2, unwatch/1, heap_limit/0, text/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-export_type([stopped/0]).

%% Why a process was stopped. `bytes': of the stack of one process, or by how much the node had
%% grown; `stacktrace': what the process did then; `is_actor': whether it was one that the watched
%% process had spawned.
-type stopped() :: #{kind := stack | memory, bytes := non_neg_integer(), is_actor := boolean(),
                     stacktrace := [term()]}.

%% Of the whole node, of its processes and of its binaries.
-type sizes() :: {non_neg_integer(), non_neg_integer(), non_neg_integer()}.

%% `before': the memory when the watch began.
-record(watched, {leader :: pid(), before :: sizes(), grown = false :: boolean(),
                  stopped = none :: none | stopped()}).
-record(state, {watched = #{} :: #{pid() => #watched{}}, timer = none :: none | reference(),
                examiner = none :: none | pid()}).

-define(MEGABYTE, 1048576).
%% Milliseconds between two looks at the node's memory.
-define(TICK, 50).
%% Below this growth of the node nothing is looked at more closely.
-define(EXAMINED, (64 * ?MEGABYTE)).
%% Millions of calls that wait for one another: no recursion that ends is that deep.
-define(STACK_LIMIT, (100 * ?MEGABYTE)).
-define(GROWTH_LIMIT, (1024 * ?MEGABYTE)).
%% A binary doubles in one operation, in which it cannot be stopped.
-define(BINARIES_LIMIT, (512 * ?MEGABYTE)).
%% For the case that nobody looks in time.
-define(HEAP_WORDS, (2 * ?GROWTH_LIMIT div 8)).
%% Milliseconds in which a process has to tell of itself; in one long operation it does not.
-define(PATIENCE, 100).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Watches a process, and all that have the group leader, until it is unwatched.
-spec watch(pid(), pid()) -> ok.
watch(Pid, Leader) ->
    gen_server:cast(?MODULE, {watch, Pid, Leader, sizes()}).

%% @doc Ends the watch. Answers why the process was stopped: `grown' where it was not, but the
%% node's memory has grown so much that the emulator may have ended it.
-spec unwatch(pid()) -> stopped() | grown | none.
unwatch(Pid) ->
    try gen_server:call(?MODULE, {unwatch, Pid}, infinity)
    catch exit:_ -> none
    end.

%% @doc The emulator's limit for a process that is watched, as `spawn_opt' takes it.
-spec heap_limit() -> {max_heap_size, map()}.
heap_limit() ->
    {max_heap_size, #{size => ?HEAP_WORDS, kill => true, error_logger => false}}.

%% @doc What is told of a process that was stopped.
-spec text(stopped()) -> binary().
text(#{kind := stack, is_actor := IsActor}) ->
    Of = case IsActor of true -> <<" of an actor">>; false -> <<>> end,
    <<"stopped: endless recursion", Of/binary, ", whose calls took more than ",
      (size_text(?STACK_LIMIT))/binary, " of stack">>;
text(#{kind := memory, bytes := Bytes}) ->
    <<"stopped: it used too much memory, ", (size_text(Bytes))/binary>>.

size_text(Bytes) ->
    <<(integer_to_binary(Bytes div ?MEGABYTE))/binary, " MB">>.

-spec init([]) -> {ok, #state{}}.
init([]) ->
    process_flag(priority, high),
    {ok, #state{}}.

-spec handle_call({unwatch, pid()}, gen_server:from(), #state{}) -> {reply, term(), #state{}}.
handle_call({unwatch, Pid}, _From, #state{watched = Watched} = State) ->
    Answer = case Watched of
        #{Pid := #watched{stopped = none, grown = true}} -> grown;
        #{Pid := #watched{stopped = Stopped}} -> Stopped;
        #{} -> none
    end,
    {reply, Answer, State#state{watched = maps:remove(Pid, Watched)}}.

-spec handle_cast({watch, pid(), pid(), sizes()}, #state{}) -> {noreply, #state{}}.
handle_cast({watch, Pid, Leader, Before}, #state{watched = Watched} = State) ->
    Entry = #watched{leader = Leader, before = Before},
    {noreply, ticking(State#state{watched = Watched#{Pid => Entry}})}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(tick, #state{watched = Watched} = State) when map_size(Watched) =:= 0 ->
    {noreply, State#state{timer = none}};
handle_info(tick, State) ->
    {noreply, ticking(looked(State#state{timer = none}))};
handle_info({stopped, Pid, Stopped}, #state{watched = Watched} = State) ->
    case Watched of
        #{Pid := Entry} -> {noreply, State#state{watched = Watched#{Pid := Entry#watched{stopped = Stopped}}}};
        #{} -> {noreply, State}
    end;
handle_info({'DOWN', _, process, Examiner, _}, #state{examiner = Examiner} = State) ->
    {noreply, State#state{examiner = none}};
handle_info(_Other, State) ->
    {noreply, State}.

ticking(#state{timer = none} = State) ->
    State#state{timer = erlang:send_after(?TICK, self(), tick)};
ticking(State) ->
    State.

looked(#state{watched = Watched} = State) ->
    Now = sizes(),
    Looked = maps:map(fun(_, Entry) -> measured(Entry, Now) end, Watched),
    Grown = [Group || {Pid, #watched{leader = Leader, before = Before}} <- maps:to_list(Looked),
                      #{total := Total} = Group <- [group(Pid, Leader, Before, Now)], Total > ?EXAMINED],
    examined(Grown, State#state{watched = Looked}).

%% What was there before the watch may be given back during it.
measured(#watched{before = {Total, Processes, Binaries}, grown = Grown} = Entry, {T, P, B}) ->
    Entry#watched{before = {min(Total, T), min(Processes, P), min(Binaries, B)},
                  grown = Grown orelse T - Total > ?EXAMINED}.

group(Pid, Leader, {Total, Processes, Binaries}, {T, P, B}) ->
    #{watched => Pid, leader => Leader, total => T - Total, processes => P - Processes, binaries => B - Binaries}.

sizes() ->
    [{total, Total}, {processes, Processes}, {binary, Binaries}] = erlang:memory([total, processes, binary]),
    {Total, Processes, Binaries}.

%% A process that collects garbage, or is in one long operation, answers no question until that has
%% ended: another process waits for it.
examined([_ | _] = Grown, #state{examiner = none} = State) ->
    Guard = self(),
    {Examiner, _} = spawn_monitor(fun() ->
        process_flag(priority, high),
        examine(Grown, Guard)
    end),
    State#state{examiner = Examiner};
examined(_, State) ->
    State.

%% -------------------------------------------------------------------------------------------
%% The examiner's process

examine(Grown, Guard) ->
    [stop_deep(Group, Guard) || #{processes := Growth} = Group <- Grown, Growth > ?EXAMINED],
    Big = [Group || #{total := Total, binaries := Binaries} = Group <- Grown,
                    Total > ?GROWTH_LIMIT orelse Binaries > ?BINARIES_LIMIT],
    stop_biggest(Big, length(Grown), Guard).

members(#{watched := Pid, leader := Leader}) ->
    [Pid | [P || P <- processes(), P =/= Pid, P =/= Leader,
                 asked(P, group_leader) =:= {group_leader, Leader}]].

stop_deep(#{watched := Pid} = Group, Guard) ->
    %% In one question: such a process may be too busy for a second one.
    Deep = [{P, Bytes, Frames} || P <- members(Group),
            [{stack_size, Words}, {current_stacktrace, Frames}] <- [asked(P, [stack_size, current_stacktrace])],
            Bytes <- [Words * erlang:system_info(wordsize)], Bytes > ?STACK_LIMIT],
    case Deep of
        [{P, Bytes, Frames} | _] -> stop(stack, Bytes, Frames, P, Pid, Guard);
        [] -> ok
    end.

%% The one that has taken most, where several are watched and one has taken much.
stop_biggest([], _Count, _Guard) ->
    ok;
stop_biggest(Groups, Count, Guard) ->
    Taken = [{lists:sum([Size || {_, Size} <- Sizes]), Pid, Growth, Sizes}
             || #{watched := Pid, total := Growth} = Group <- Groups,
                Sizes <- [[{P, size_of(P)} || P <- members(Group)]]],
    {Sum, Pid, Growth, Sizes} = lists:max(Taken),
    case Count =:= 1 orelse Sum > ?BINARIES_LIMIT of
        true ->
            {Biggest, _} = lists:last(lists:keysort(2, [{Pid, 0} | Sizes])),
            Stacktrace = case asked(Biggest, current_stacktrace) of
                {current_stacktrace, Frames} -> Frames;
                _ -> []
            end,
            stop(memory, Growth, Stacktrace, Biggest, Pid, Guard);
        false ->
            ok
    end.

%% The heap, and the binaries that are held. One that does not answer is making something big.
size_of(Process) ->
    case asked(Process, [memory, binary]) of
        [{memory, Memory}, {binary, Binaries}] -> Memory + lists:sum([Size || {_, Size, _} <- Binaries]);
        undefined -> 0;
        late -> ?GROWTH_LIMIT
    end.

%% The reason is known to the guard before the process ends.
stop(Kind, Bytes, Stacktrace, Process, Watched, Guard) ->
    Guard ! {stopped, Watched, #{kind => Kind, bytes => Bytes, stacktrace => Stacktrace,
                                 is_actor => Process =/= Watched}},
    exit(Process, kill),
    exit(Watched, kill),
    ok.

%% As `process_info'; `late' where the process does not answer in time.
asked(Process, What) ->
    Reference = make_ref(),
    Examiner = self(),
    {Asker, Monitor} = spawn_monitor(fun() -> Examiner ! {Reference, process_info(Process, What)} end),
    receive
        {Reference, Answer} ->
            demonitor(Monitor, [flush]),
            Answer;
        {'DOWN', Monitor, process, Asker, _} ->
            undefined
    after ?PATIENCE ->
        demonitor(Monitor, [flush]),
        exit(Asker, kill),
        receive {Reference, Answer} -> Answer after 0 -> late end
    end.
