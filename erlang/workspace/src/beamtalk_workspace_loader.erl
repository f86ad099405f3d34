%% @doc The loads of a node, one after the other. Each runs in a process of its own
%% (`beamtalk_workspace_load'); this process queues them, has the tables of what was loaded, and undoes
%% a load whose process was killed half way.
-module(beamtalk_workspace_loader).
-behaviour(gen_server).

-export([start_link/0, load/1, stage/2, commit/2, abort/1, check/1, unload/1, started/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

-export_type([request/0, problem/0, report/0]).

%% `modules': what to load. `again': load also what is loaded already. `force': load although blocks of
%% code that goes are kept; they fail when they are called. `record': what the load means for the log of changes. `revision': the revision of the
%% program's texts that the code was made from; another one refuses the load. `id' and `time' (milliseconds)
%% are those of a load of several nodes, the same on all; `nodes' the others that take part, at the one that
%% keeps the record. `replay': the load was carried out elsewhere before; what is newer here stays. `undated':
%% it says nothing of which code is newer, as the files of a node that starts; what another node has brought
%% since stays. `parts': the modules may be some of their files' only.
%% `gone': modules that are taken out with the load. `telling': what the node that sends a load says of its
%% log of changes; `bases': when it had loaded the modules last before.
-type request() :: #{modules := [#{module := module(), file := binary(), beam := binary()}],
                     again => boolean(), force => boolean(), record => map(), revision => non_neg_integer(),
                     id => beamtalk_workspace_loads:id(), time => integer(), nodes => [node()], replay => boolean(),
                     undated => boolean(), parts => boolean(), gone => [module()], telling => beamtalk_workspace_shared:told(),
                     bases => #{module() => integer()}}.
-type report() :: #{loaded := [map()], migrated := non_neg_integer(), warnings := [binary()],
                    microseconds := non_neg_integer(), revision => non_neg_integer(),
                    seqs => [pos_integer()], autoflush => boolean(), telling => beamtalk_workspace_shared:told()}.
-type problem() :: #{kind := atom(), message := binary(), hint := binary() | nil, _ => _}.

-record(state, {current = none :: none | {pid(), reference()},
                undo = [] :: beamtalk_workspace_code:undo(),
                waiting = queue:new() :: queue:queue(fun(() -> no_return()))}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Loads all modules and migrates the living actors, or changes nothing.
-spec load(request()) -> {ok, report()} | {error, problem()}.
load(Request) ->
    enqueue(fun(From) -> beamtalk_workspace_load:load(Request, From) end).

%% @doc Does all of a load but letting the actors go on, so that several nodes can go together. The
%% token is for {@link commit/2} or {@link abort/1}; when the owner dies first, the load is undone.
-spec stage(request(), pid()) -> {ok, pid(), report()} | {error, problem()}.
stage(Request, Owner) ->
    enqueue(fun(From) -> beamtalk_workspace_load:stage(Request, Owner, From) end).

%% @doc Lets a staged load count. The report of the first of several nodes has `telling', which the others'
%% commits get; the first one's gets `none'.
-spec commit(pid(), beamtalk_workspace_shared:told() | none) -> {ok, report()} | {error, problem()}.
commit(Token, Told) ->
    beamtalk_workspace_load:finish(Token, {commit, Told}).

-spec abort(pid()) -> ok | {error, problem()}.
abort(Token) ->
    beamtalk_workspace_load:finish(Token, abort).

%% @doc What a load would do; nothing changes.
-spec check(request()) -> {ok, report()} | {error, problem()}.
check(Request) ->
    enqueue(fun(From) -> beamtalk_workspace_load:check(Request, From) end).

%% @doc Takes modules out of the node. Code of theirs that runs goes on.
-spec unload([module()]) -> ok.
unload(Modules) ->
    ok = beamtalk_registry:unregister(Modules),
    beamtalk_workspace_code:unload(Modules).

%% @doc Called by the process of a load before it changes anything.
-spec started(beamtalk_workspace_code:undo()) -> ok.
started(Undo) ->
    gen_server:call(?MODULE, {started, Undo}).

enqueue(Run) ->
    case get('$bt_held') of
        true ->
            {error, #{kind => load_in_progress,
                      message => <<"a load cannot be started by a migration that is part of one">>,
                      hint => <<"load after the migration, from a message of its own">>}};
        _ -> gen_server:call(?MODULE, {run, Run}, infinity)
    end.

-spec init([]) -> {ok, #state{}}.
init([]) ->
    ok = beamtalk_workspace_code:new(),
    ok = beamtalk_workspace_loads:new(),
    ok = beamtalk_workspace_patches:new(),
    {ok, #state{}}.

-spec handle_call(term(), gen_server:from(), #state{}) ->
    {reply, ok, #state{}} | {noreply, #state{}}.
handle_call({run, Run}, From, #state{waiting = Waiting} = State) ->
    {noreply, next(State#state{waiting = queue:in(fun() -> Run(From) end, Waiting)})};
handle_call({started, Undo}, _From, State) ->
    {reply, ok, State#state{undo = Undo}}.

-spec handle_cast(term(), #state{}) -> {noreply, #state{}}.
handle_cast(_Message, State) ->
    {noreply, State}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info({'DOWN', Monitor, process, Pid, Reason}, #state{current = {Pid, Monitor}} = State) ->
    undo_if_killed(Reason, State#state.undo),
    {noreply, next(State#state{current = none, undo = []})};
handle_info(_Other, State) ->
    {noreply, State}.

undo_if_killed(normal, _Undo) ->
    ok;
undo_if_killed(Reason, Undo) ->
    logger:error("A load ended half way (~tp); the code before it is put back", [Reason]),
    beamtalk_workspace_code:undo(Undo).

next(#state{current = none, waiting = Waiting} = State) ->
    case queue:out(Waiting) of
        {empty, _} -> State;
        {{value, Run}, Rest} -> State#state{current = spawn_monitor(Run), waiting = Rest}
    end;
next(State) ->
    State.
