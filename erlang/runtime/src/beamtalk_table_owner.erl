%% @doc Owns the tables of `Ets' and `AtomicCounter', so that they live until they are deleted, not
%% only as long as the process that made them. Started when the first table is asked for. Tables that a
%% program asks for are remembered with the group leader of the asking process: what a test made is
%% deleted after it.
-module(beamtalk_table_owner).
-behaviour(gen_server).

-export([new/2, new_or_existing/2, table/2, delete_of/1]).
-export([init/1, handle_call/3, handle_cast/2]).

%% A new public named table of the caller's group; `error' if the name is taken.
-spec new(atom(), atom()) -> ok | error.
new(Name, Type) -> gen_server:call(owner(), {new, Name, Type, group_leader()}, infinity).

%% The table of that name, made for the caller's group if there is none.
-spec new_or_existing(atom(), atom()) -> atom().
new_or_existing(Name, Type) -> made(Name, Type, group_leader()).

%% The table of that name, made for good if there is none.
-spec table(atom(), atom()) -> atom().
table(Name, Type) -> made(Name, Type, none).

made(Name, Type, Leader) ->
    case ets:whereis(Name) of
        undefined -> _ = gen_server:call(owner(), {new, Name, Type, Leader}, infinity);
        _ -> ok
    end,
    Name.

%% Deletes the tables that were made by processes with the group leader.
-spec delete_of(pid()) -> ok.
delete_of(Leader) ->
    case whereis(?MODULE) of
        undefined -> ok;
        Owner -> gen_server:call(Owner, {delete_of, Leader}, infinity)
    end.

%% Two callers may start it at once: one of them finds it started. It belongs to no caller, so its
%% group leader is that of the node.
owner() ->
    case gen_server:start({local, ?MODULE}, ?MODULE, [], []) of
        {ok, Pid} -> Pid;
        {error, {already_started, Pid}} -> Pid
    end.

%% Group leaders by the identifiers of tables: a name may be given again.
-type state() :: #{ets:tid() => pid()}.

-spec init([]) -> {ok, state()}.
init([]) ->
    group_leader(whereis(init), self()),
    {ok, #{}}.

-spec handle_call(term(), gen_server:from(), state()) -> {reply, ok | error, state()}.
handle_call({new, Name, Type, Leader}, _From, State) ->
    try ets:new(Name, [Type, named_table, public, {read_concurrency, true}]) of
        Name when Leader =:= none -> {reply, ok, State};
        Name -> {reply, ok, State#{ets:whereis(Name) => Leader}}
    catch
        error:badarg -> {reply, error, State}
    end;
handle_call({delete_of, Leader}, _From, State) ->
    {Own, Others} = lists:partition(fun({_, Of}) -> Of =:= Leader end, maps:to_list(State)),
    lists:foreach(fun({Table, _}) -> delete(Table) end, Own),
    {reply, ok, maps:from_list(Others)}.

delete(Table) ->
    try ets:delete(Table)
    catch error:badarg -> true
    end.

-spec handle_cast(term(), state()) -> {noreply, state()}.
handle_cast(_Message, State) -> {noreply, State}.
