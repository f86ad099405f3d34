%% @doc Lends the module names of evaluated expressions, so that a prompt in use for months makes
%% no more atoms than it has values that still run evaluated code. A name comes back when its
%% module is gone; a module that something still runs (a block kept in a variable) keeps its name
%% until nothing does. Where the system does not count blocks, a module that makes some keeps its
%% name until all names are taken, and the oldest such names are lent again.
-module(beamtalk_workspace_names).
-behaviour(gen_server).

-export([start_link/0, lend/1, give_back/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% The most names there will ever be: more live evaluated modules than this is a program, not a
%% prompt.
-define(MOST, 20000).
-define(RETRY, 5000).

%% A module with its code and the count of its blocks before it ran.
-type evaluated() :: {module(), binary(), non_neg_integer()}.
-export_type([evaluated/0]).

-record(state, {made = 0 :: non_neg_integer(),
                free = [] :: [module()],
                %% The latest first.
                held = [] :: [evaluated()],
                %% Whether it can be seen that a module's blocks are gone.
                counts = true :: boolean()}).

-spec start_link() -> gen_server:start_ret().
start_link() ->
    gen_server:start_link({local, ?MODULE}, ?MODULE, [], []).

%% @doc Names that nothing uses now.
-spec lend(pos_integer()) -> {ok, [module()]} | {error, too_many}.
lend(Count) ->
    gen_server:call(?MODULE, {lend, Count}).

%% @doc These modules are no longer wanted, but for the blocks of them that are kept. One that was
%% never made has an empty binary for its code.
-spec give_back([evaluated()]) -> ok.
give_back(Modules) ->
    gen_server:cast(?MODULE, {give_back, Modules}).

-spec init([]) -> {ok, #state{}}.
init([]) ->
    {ok, #state{counts = beamtalk_workspace_blocks:are_counted()}}.

-spec handle_call({lend, pos_integer()}, gen_server:from(), #state{}) ->
    {reply, {ok, [module()]} | {error, too_many}, #state{}}.
handle_call({lend, Count}, _From, State) ->
    case take(Count, [], reclaim_if_short(Count, State)) of
        {ok, Names, Next} -> {reply, {ok, Names}, Next};
        error -> {reply, {error, too_many}, State}
    end.

-spec handle_cast({give_back, [evaluated()]}, #state{}) -> {noreply, #state{}}.
handle_cast({give_back, Modules}, State) ->
    {Gone, Held} = lists:partition(fun unload_unused/1, Modules),
    case State#state.counts andalso State#state.held =:= [] andalso Held =/= [] of
        true -> erlang:send_after(?RETRY, self(), reclaim);
        false -> ok
    end,
    {noreply, State#state{free = names(Gone) ++ State#state.free, held = Held ++ State#state.held}}.

-spec handle_info(term(), #state{}) -> {noreply, #state{}}.
handle_info(reclaim, State) ->
    Next = reclaim(State),
    case Next#state.held of
        [] -> ok;
        _ -> erlang:send_after(?RETRY, self(), reclaim)
    end,
    {noreply, Next};
handle_info(_Other, State) ->
    {noreply, State}.

take(0, Names, State) ->
    {ok, Names, State};
take(Count, Names, #state{free = [Name | Free]} = State) ->
    take(Count - 1, [Name | Names], State#state{free = Free});
take(Count, Names, #state{made = Made} = State) when Made < ?MOST ->
    Name = list_to_atom("bt@eval@" ++ integer_to_list(Made + 1)),
    take(Count - 1, [Name | Names], State#state{made = Made + 1});
take(_Count, _Names, _State) ->
    error.

reclaim_if_short(Count, #state{free = Free, made = Made} = State)
  when Made + Count > ?MOST, length(Free) < Count ->
    reclaim(State);
reclaim_if_short(_Count, State) ->
    State.

reclaim(#state{counts = false, held = Held, free = Free} = State) ->
    {Latest, Oldest} = lists:split(length(Held) div 2, Held),
    {Gone, Used} = lists:partition(fun({Module, _, _}) -> unload(Module) end, Oldest),
    State#state{free = names(Gone) ++ Free, held = Latest ++ Used};
reclaim(#state{held = Held, free = Free} = State) ->
    {Gone, Still} = lists:partition(fun unload_unused/1, Held),
    State#state{free = names(Gone) ++ Free, held = Still}.

names(Modules) ->
    [Module || {Module, _, _} <- Modules].

%% Whether the name is free: no code of the module is left, and nothing needed it.
unload_unused({Module, <<>>, _}) ->
    unload(Module);
unload_unused({Module, Beam, Blocks}) ->
    (not beamtalk_workspace_blocks:are_kept(Beam, Blocks)) andalso unload(Module).

unload(Module) ->
    _ = erlang:module_loaded(Module) andalso code:soft_purge(Module)
        andalso code:delete(Module),
    (not erlang:module_loaded(Module)) andalso
        ((not erlang:check_old_code(Module)) orelse code:soft_purge(Module)).
