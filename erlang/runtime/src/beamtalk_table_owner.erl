%% @doc Owns the tables of `Ets' and `AtomicCounter', so that they live until they are deleted, not
%% only as long as the process that made them. Started when the first table is asked for.
-module(beamtalk_table_owner).
-behaviour(gen_server).

-export([new/2, table/2]).
-export([init/1, handle_call/3, handle_cast/2]).

%% A new public named table; `error' if the name is taken.
-spec new(atom(), atom()) -> ok | error.
new(Name, Type) -> gen_server:call(owner(), {new, Name, Type}, infinity).

%% The table of that name, made if there is none.
-spec table(atom(), atom()) -> atom().
table(Name, Type) ->
    case ets:whereis(Name) of
        undefined -> _ = new(Name, Type);
        _ -> ok
    end,
    Name.

%% Two callers may start it at once: one of them finds it started. It belongs to no caller, so its
%% group leader is that of the node.
owner() ->
    case gen_server:start({local, ?MODULE}, ?MODULE, [], []) of
        {ok, Pid} -> Pid;
        {error, {already_started, Pid}} -> Pid
    end.

-spec init([]) -> {ok, []}.
init([]) ->
    group_leader(whereis(init), self()),
    {ok, []}.

-spec handle_call(term(), gen_server:from(), []) -> {reply, ok | error, []}.
handle_call({new, Name, Type}, _From, State) ->
    Answer =
        try ets:new(Name, [Type, named_table, public, {read_concurrency, true}]) of
            Name -> ok
        catch
            error:badarg -> error
        end,
    {reply, Answer, State}.

-spec handle_cast(term(), []) -> {noreply, []}.
handle_cast(_Message, State) -> {noreply, State}.
