%% @doc Owns the table of workspace bindings: names that every session and all compiled code of
%% this node see. Reading needs no process; writing is serialised by the caller's message being
%% one insert. The bindings live as long as the node.
-module(beamtalk_workspace_globals).
-behaviour(gen_server).

-export([start_link/0, bind/2, unbind/1, find/1, all/0]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(TABLE, beamtalk_workspace_globals).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Gives a name a value, in place of the one it had.
-spec bind(atom(), term()) -> ok.
bind(Name, Value) ->
    true = ets:insert(?TABLE, {Name, Value}),
    beamtalk_system_announcer:tell('BindingChanged', #{name => Name, value => Value}).

%% @doc Takes a name out; error if it has no value.
-spec unbind(atom()) -> ok | error.
unbind(Name) ->
    case ets:take(?TABLE, Name) of
        [_] -> beamtalk_system_announcer:tell('BindingRemoved', #{name => Name});
        [] -> error
    end.

-spec find(atom()) -> {ok, term()} | error.
find(Name) ->
    case ets:lookup(?TABLE, Name) of
        [{_, Value}] -> {ok, Value};
        [] -> error
    end.

%% @doc A snapshot of all bindings.
-spec all() -> #{atom() => term()}.
all() ->
    maps:from_list(ets:tab2list(?TABLE)).

-spec init([]) -> {ok, []}.
init([]) ->
    ?TABLE = ets:new(?TABLE, [named_table, public, set, {read_concurrency, true}]),
    {ok, []}.

-spec handle_call(term(), gen_server:from(), []) -> {reply, ok, []}.
handle_call(_Request, _From, State) ->
    {reply, ok, State}.

-spec handle_cast(term(), []) -> {noreply, []}.
handle_cast(_Message, State) ->
    {noreply, State}.
