%% @doc Locals that a block assigns in another process than the one they belong to.
%%
%% A local that a block assigns lives in the process dictionary of its method's process, where only
%% that process can write. A block that another process runs (an actor that it was sent to, a timer,
%% a callback of a future) writes here instead, and from then on the entry here is the local's
%% value, for its own process too. Until the first such write no table is there and looking costs a
%% few nanoseconds.
%%
%% An entry goes with its local. Those whose local went first are found by their age.
-module(beamtalk_shared_locals).

-export([find/1, put/2, update/2, forget/1]).

-compile({no_auto_import, [put/2]}).

-define(TABLE, ?MODULE).
%% Entries beyond this number, and older than this many seconds, are dropped.
-define(MANY, 10000).
-define(OLD, 600).

%% The value of a local that was assigned elsewhere.
-spec find(term()) -> {ok, term()} | error.
find(Key) ->
    case persistent_term:get(?MODULE, false) of
        false -> error;
        true -> look(Key)
    end.

look(Key) ->
    try ets:lookup(?TABLE, Key) of
        [{_, Value, _}] -> {ok, Value};
        [] -> error
    catch
        error:badarg -> error
    end.

%% Assigns a local that belongs to another process.
-spec put(term(), term()) -> ok.
put(Key, Value) ->
    _ = beamtalk_table_owner:table(?TABLE, set),
    persistent_term:put(?MODULE, true),
    true = ets:insert(?TABLE, {Key, Value, erlang:monotonic_time(second)}),
    tidy(ets:info(?TABLE, size)).

tidy(Size) when Size > ?MANY ->
    Oldest = erlang:monotonic_time(second) - ?OLD,
    _ = ets:select_delete(?TABLE, [{{'_', '_', '$1'}, [{'<', '$1', Oldest}], [true]}]),
    ok;
tidy(_) ->
    ok.

%% Follows an assignment in the local's own process.
-spec update(term(), term()) -> ok.
update(Key, Value) ->
    case find(Key) of
        {ok, _} -> put(Key, Value);
        error -> ok
    end.

%% The locals are gone.
-spec forget([term()]) -> ok.
forget(Keys) ->
    case persistent_term:get(?MODULE, false) of
        false -> ok;
        true -> lists:foreach(fun(Key) -> ets:delete(?TABLE, Key) end, Keys)
    end.
